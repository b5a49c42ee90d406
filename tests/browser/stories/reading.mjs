// Reading and scoring by two moderators, notes that call, a copy that its asker sees, and blind reading.

import { EVENT, openQuestion } from "./triage.mjs";

export const OPEN = "/desk/events/open";

/// The number in a heading or an address.
const figure = (text) => Number(/\d+/.exec(text)[0]);

/// A mark from 1 to 5 for all criteria: by its key where scripts run, else by its button.
async function mark(v, value) {
  if (v.room.script) {
    await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(String(value))]);
    return;
  }
  await v.follow(v.page.locator(`#marks button[name=value][value="${value}"]`));
}

/// Three questions of the queue: scored by one press, by criteria with a comment, and abstained from.
export async function reads(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email, `${EVENT}/read`);
  await v.role("heading", t("read-title"), { level: 1 }).waitFor();
  await v.look("reading-queue", { dark: true });
  const title = v.page.getByRole("main").getByRole("heading", { level: 2 }).first();
  scene.scored = figure(await title.innerText());
  await mark(v, 5);
  await v.told(t("reading-scored", { n: scene.scored }));
  if (figure(await title.innerText()) === scene.scored) room.problem("the queue gives the same question again");

  const second = figure(await title.innerText());
  await v.page.getByText(t("score-by-criteria"), { exact: true }).click();
  const rows = v.page.locator("fieldset.marks");
  for (const [n, value] of [4, 2, 3].entries()) await rows.nth(n).getByRole("radio", { name: String(value), exact: true }).check({ force: true });
  await v.page.getByRole("textbox", { name: new RegExp(`^${t("reading:field-comment")}`) }).fill("사례가 구체적이어서 다른 파트너에게도 도움이 되겠습니다.");
  await v.look("reading-by-criteria", { dark: true });
  await v.press(t("score-give-next"));
  await v.told(t("reading-scored", { n: second }));

  const third = figure(await title.innerText());
  await v.press(t("score-abstain"));
  await v.told(t("reading-abstained", { n: third }));
  await v.reads(t("read-progress", { n: 3, of: 50 }));
}

/// The other moderator sees a colleague's score only after an own one; where they differ, the board finds it.
export async function ownFirst(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("second moderator");
  await v.signIn(server.stops.administrator[0].email, `${EVENT}/triage`);
  await openQuestion(v, scene.scored);
  await v.page.locator("#scores").getByText(t("score-own-first")).waitFor();
  if (await v.page.locator("#scores").getByText(t("score-mean"), { exact: true }).count()) room.problem("the mean is shown before one's own score");
  await v.look("scores-own-first");
  await v.follow(v.page.locator('#marks button[name=value][value="1"]'));
  await v.page.locator("#scores").getByText(t("score-median"), { exact: true }).waitFor();
  await v.page.locator("#scores").getByRole("rowheader", { name: "양서린" }).waitFor();
  await v.look("scores-of-both", { dark: true });
  await v.goto(`${EVENT}/triage?state=all&spread=1`);
  const rows = v.page.locator("[data-row]");
  if ((await rows.count()) !== 1 || !(await v.page.locator(`#q${scene.scored}`).count())) room.problem("the board does not find what opinions differ on");
  await v.look("board-disputed");
}

/// A note among moderators calls a colleague by name.
async function notes(scene) {
  const { room, t } = scene;
  const one = await room.visitor("moderator");
  await openQuestion(one, scene.scored);
  await one.box(t("field-memo")).fill("@원지호 님, 무대에 올리기 전에 담당 부문과 맞춰 볼까요?");
  await one.press(t("notes-add"));
  await one.told(t("reading-noted"));
  await one.page.locator("#notes").getByText(t("notes-calls", { names: "원지호" })).waitFor();
  await one.look("note");
  const two = await room.visitor("second moderator");
  await two.goto("/desk");
  await two.page.locator("a[href='/desk/notes']").first().waitFor();
  await two.goto("/desk/notes");
  await two.reads(t("notes-unseen", { n: 1 }));
  await two.look("notes-that-call", { dark: true });
  await two.follow(two.page.locator(".notes a").first());
  await two.page.locator("#notes").getByText("담당 부문과 맞춰 볼까요").waitFor();
}

/// An edited copy beside the untouched original; the asker reads what was changed.
async function copies(scene) {
  const { room, server, t } = scene;
  const partner = await room.visitor("partner");
  await partner.goto(server.stops.partner[0].path);
  await partner.press(t("my-enter-button"));
  await partner.goto("/my/questions/new");
  const asked = "촬영 스튜디오를 빌릴때 예약금 환불 기준이 업체마다 달라서 헷갈려요 나래가 표준을 정해 줄수 있나요";
  await partner.box(t("field-question")).fill(asked);
  await partner.page.getByRole("combobox", { name: t("my-choice-service") }).selectOption({ index: 1 });
  await partner.page.getByRole("radio", { name: t("my-prefers-either") }).check();
  await partner.page.getByRole("radio", { name: new RegExp(`^${t("my-naming-full")}`) }).check();
  await partner.page.getByRole("checkbox", { name: t("consent-required-title") }).check();
  await partner.press(t("my-send"));
  await partner.told(t("my-sent"));

  const v = await room.visitor("moderator");
  await v.goto(`${OPEN}/triage?state=all&sort=newest`);
  await v.follow(v.page.locator("[data-row] a.row-link").first());
  await v.reads(asked);
  await v.page.getByText(t("copy-begin"), { exact: true }).click();
  await v.box(t("field-copy")).fill(asked);
  await v.press(t("copy-save"));
  await v.page.getByRole("alert").waitFor();
  await v.look("copy-refused");
  await v.box(t("field-copy")).fill("촬영 스튜디오를 빌릴 때 예약금 환불 기준이 업체마다 다릅니다. 나래가 표준을 정해 줄 수 있나요?");
  await v.press(t("copy-save"));
  await v.told(t("copy-saved"));
  if (!(await v.page.locator(".diff del").count()) || !(await v.page.locator(".diff ins").count())) room.problem("the difference marks nothing");
  await v.look("copy-with-difference", { dark: true });

  await partner.goto("/my");
  await partner.follow(partner.page.getByRole("link", { name: asked }).first());
  await partner.reads(t("my-copy"));
  await partner.page.locator(".diff ins").first().waitFor();
  await partner.look("copy-as-its-asker-sees-it", { dark: true });
}

/// Name and company are hidden from everybody while blind reading is on.
async function blind(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await openQuestion(v, 1);
  await v.page.getByText("아장걸음").first().waitFor();
  await v.goto(`${EVENT}/reading`);
  await v.page.getByRole("checkbox", { name: t("reading-blind"), exact: true }).check();
  await v.look("reading-settings", { dark: true });
  await v.press(t("reading-save"));
  await v.told(t("reading-saved"));
  await openQuestion(v, 1);
  await v.reads(t("reading-blind-on"));
  for (const word of ["변나리", "아장걸음"]) {
    if (await v.page.locator("main").getByText(word).count()) room.problem(`${word} is read in blind reading`);
  }
  await v.look("blind-question");
  await v.goto(`${EVENT}/read`);
  await v.look("blind-queue");
  await v.goto(`${EVENT}/reading`);
  await v.page.getByRole("checkbox", { name: t("reading-blind"), exact: true }).uncheck();
  await v.press(t("reading-save"));
  await v.told(t("reading-saved"));
}

export const stories = [
  ["a moderator reads, scores and abstains in the queue", reads],
  ["an own score comes first, and the board finds what is disputed", ownFirst],
  ["a note calls a colleague", notes],
  ["a copy is edited, and its asker sees what was changed", copies],
  ["blind reading hides who asks", blind],
];
