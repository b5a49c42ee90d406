// An editor makes a report and a conversation, asks those whose words stand there, and lets it go out.

import { either, openMail, pressInMail } from "./partner.mjs";
import { PNG, press } from "./hands.mjs";

const FINISHED = "/desk/events/finished/article";
const REPORT = "하루 동안 모인 사람들";
const TITLE = "모두가 남긴 말";

const named = (v, text) => v.page.getByRole("button", { name: new RegExp(`^${text.replace(/[()?.]/g, "\\$&")}`) }).first();

/// The demo's own draft: one approved, one wish, one who has not answered.
export async function looksAtTheDraft(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, FINISHED);
  await v.inOwnLanguage();
  await v.look("articles", { dark: true });
  await v.open(REPORT);
  await v.look("edit-report", { dark: true });
  scene.report = v.page.url().split("#")[0];
  await v.open(t("approvals-title"));
  await v.look("approvals", { dark: true });
  await press(scene, v, named(v, t("approvals-accept")));
  await v.told(t("approvals-accepted"));
  await v.look("approvals-accepted");
  await v.open(t("article-preview-back"));
  await v.open(t("history-title"));
  await v.look("history", { dark: true });
  await v.goto(`${scene.report}/preview`);
  await v.look("preview-report", { lang: null, dark: true });
}

/// Prose, a part, a quote, a picture, the figures, and exchanges, in an order of one's own.
async function makesOne(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto(FINISHED);
  await press(scene, v, v.button(t("articles-create-report")));
  await v.told(t("article-created"));
  scene.mine = v.page.url().split("#")[0].split("?")[0];
  await v.box(t("publishing:field-title")).first().fill(TITLE);
  await v.box(new RegExp(`^${t("publishing:field-slug")}`)).fill("words-of-all");
  await v.box(new RegExp(`^${t("compose-markdown")}`)).fill("그날 모두가 한마디씩 **남겼다**.");
  if (room.script) await v.page.locator("[data-compose-status]").getByText(t("compose-saved"), { exact: true }).waitFor();
  await press(scene, v, named(v, t("compose-add-part")));
  await v.page.locator("[data-kind=part]").getByRole("textbox").first().fill("남은 말");
  // Whose words: somebody who has an address.
  await v.page.locator("summary", { hasText: t("compose-add-quote") }).click();
  const people = v.page.getByLabel(t("field-quote-by"));
  const value = await people.locator("option", { hasText: "한서윤" }).first().getAttribute("value");
  await people.selectOption(value);
  await press(scene, v, named(v, t("compose-add-quote")));
  await v.page.locator(".error-summary").waitFor();
  await v.look("quote-without-words", { dark: true });
  await v.box(new RegExp(`^${t("field-quote-text")}`)).fill("다시 오고 싶은 자리였습니다.");
  await press(scene, v, named(v, t("compose-add-quote")));
  await v.page.locator("[data-kind=quote]").waitFor();
  await v.page.locator("summary", { hasText: t("compose-add-picture") }).click();
  await v.page.getByLabel(t("field-picture")).setInputFiles({ name: "day.png", mimeType: "image/png", buffer: PNG });
  await press(scene, v, named(v, t("compose-add-picture")));
  await v.page.locator("[data-kind=picture]").waitFor();
  // Without a text alternative nothing goes out; nothing typed is lost.
  await v.follow(v.button(t("article-publish")));
  await v.page.locator(".error-summary").getByText(t("compose-error-alt")).waitFor();
  await v.look("needs-an-alternative", { dark: true });
  await v.page.locator("[data-kind=picture]").getByRole("textbox").first().fill("한 점의 파란 그림");
  // The picture goes up past the quote.
  await press(scene, v, v.page.locator("[data-kind=picture]").getByRole("button", { name: new RegExp(`^${t("article-up")}`) }));
  const kinds = await v.page.locator("[data-sort-item]").evaluateAll((all) => all.map((e) => e.dataset.kind));
  if (kinds.indexOf("picture") > kinds.indexOf("quote")) room.problem(`the picture did not go up: ${kinds}`);
  await v.look("edit-mine", { dark: true });
}

/// Dragging is the script's addition: the order is saved by itself.
async function drags(scene) {
  const { room, t } = scene;
  if (!room.script) return;
  const v = await room.visitor("editor");
  const status = v.page.locator("[data-compose-status]");
  await v.page.reload();
  const items = v.page.locator("[data-sort-item]");
  const [first, second] = await Promise.all([0, 1].map((n) => items.nth(n).getAttribute("id")));
  const box = await items.nth(0).boundingBox();
  await items.nth(1).locator("[data-sort-grip]").dragTo(items.nth(0), { targetPosition: { x: box.width / 2, y: 4 } });
  await status.getByText(t("compose-saved"), { exact: true }).waitFor();
  if ((await items.nth(0).getAttribute("id")) !== second) room.problem("the block was not dragged");
  await v.page.reload();
  if ((await items.nth(0).getAttribute("id")) !== second) room.problem("the new order was not kept");
  await v.follow(v.page.locator(`#${first}`).getByRole("button", { name: new RegExp(`^${t("article-up")}`) }));
}

/// Whoever is quoted gets a mail, looks, and presses.
async function approves(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await press(scene, v, named(v, t("compose-to-approvals")));
  await press(scene, v, named(v, t("approvals-ask-all")));
  await v.look("approvals-asked");
  const partner = await room.visitor("quoted");
  await openMail(partner, /말씀을 확인해 주세요|please have a look/, { to: "seoyun@noeul.example" });
  await partner.lookAtMail("approval-mail");
  await pressInMail(partner, either("mail-approval-action"));
  await partner.inOwnLanguage();
  await partner.reads("다시 오고 싶은 자리였습니다.");
  await partner.look("words", { dark: true });
  await partner.page.locator("summary", { hasText: t("words-change") }).click();
  await partner.look("words-change", { dark: true });
  await press(scene, partner, named(partner, t("words-approve")));
  await partner.told(t("words-approved"));
  await partner.look("words-approved", { dark: true });
}

async function publishes(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto(scene.mine);
  await press(scene, v, named(v, t("share-make")));
  await v.told(t("article-shared"));
  const link = await v.page.locator("#share-url").inputValue();
  const guest = await room.visitor("guest");
  await guest.goto(link);
  await guest.reads("다시 오고 싶은 자리였습니다.");
  await guest.look("shared", { lang: null });
  await v.page.getByLabel(t("field-publish-at")).fill("2031-05-06T09:00");
  await v.follow(v.button(t("schedule-set")));
  await v.told(t("article-scheduled"));
  await v.look("scheduled", { dark: true });
  await press(scene, v, named(v, t("schedule-unset")));
  await v.told(t("article-unscheduled"));
  await press(scene, v, named(v, t("article-publish")));
  await v.told(t("publishing:article-published"));
  await v.look("published", { dark: true });
  await guest.goto("/articles/words-of-all");
  await guest.reads("다시 오고 싶은 자리였습니다.");
  await guest.look("article", { lang: null, dark: true });
  // What was wrong is said.
  await v.box(new RegExp(`^${t("field-standfirst")}`)).fill("모두가 남긴 말을 모았다.");
  await v.box(new RegExp(`^${t("field-correction")}`)).fill("빠졌던 요지를 더했습니다.");
  await v.follow(v.button(t("article-correct")));
  // A reader's browser may keep the page for five minutes.
  await guest.page.reload();
  await guest.reads("빠졌던 요지를 더했습니다.");
  await guest.look("article-corrected", { lang: null, dark: true });
}

/// The other shape: two parts, as they were answered.
async function conversation(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto(FINISHED);
  await press(scene, v, v.button(t("articles-create")));
  await v.told(t("article-created"));
  const kinds = await v.page.locator("[data-sort-item]").evaluateAll((all) => all.map((e) => e.dataset.kind));
  const count = (kind) => kinds.filter((k) => k === kind).length;
  if (count("part") !== 2 || count("exchange") !== 18) room.problem(`two parts, ten and eight: ${kinds}`);
  await v.page.locator("[data-kind=exchange] summary").first().click();
  await v.look("edit-conversation", { dark: true });
  await v.page.locator("summary", { hasText: /^(더할 수 있는|\d+ more)/ }).click();
  await v.page.locator("input[name=add]").first().check();
  await v.page.getByLabel(t("compose-place")).selectOption("top");
  await press(scene, v, named(v, t("article-add")));
  const first = await v.page.locator("[data-sort-item]").first().getAttribute("data-kind");
  if (first !== "exchange") room.problem(`what was added stands first: ${first}`);
}

export const stories = [
  ["an editor looks at what waits, and takes a wish", looksAtTheDraft],
  ["an editor puts a report together by the keyboard", makesOne],
  ["a block is dragged", drags],
  ["a partner approves by the link in their mail", approves],
  ["it is shared, scheduled, published, corrected", publishes],
  ["the conversation in two parts is made", conversation],
];
