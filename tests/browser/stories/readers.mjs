// Readers say something about an article; an editor decides what is seen of it, and writes to those who want to hear of the issue.

import { press } from "./hands.mjs";
import { openMail } from "./partner.mjs";

const FINISHED = "/desk/events/finished/article";
const COVER = "묻고 답하는 사이";
const SAID = "정산이 빨라져서 반가웠어요.\n다음에도 이런 자리가 있으면 좋겠습니다.";
const RUDE = "이런 글은 왜 싣나요";

const field = (v, text) => v.page.getByLabel(new RegExp(`^${text}`)).first();

/// Comments are taken below the talk of last year, and it stands in an issue.
async function opens(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, FINISHED);
  await v.inOwnLanguage();
  const published = v.page.locator("tr", { has: v.page.locator("td a[href^='/articles/']") }).first();
  scene.talk = await published.locator("td a").getAttribute("href");
  scene.title = await published.locator("th a").innerText();
  await v.follow(published.locator("th a"));
  await v.page.getByLabel(t("field-comments")).check();
  await v.follow(v.page.locator("main").getByRole("button", { name: t("save"), exact: true }).last());
  if (!(await v.page.getByLabel(t("field-comments")).isChecked())) room.problem("the switch does not stay on");
  await v.look("article-takes-comments", { glance: true });
  await v.goto("/desk/comments");
  await v.reads(t("comments-empty-held"));
  await v.look("comments-none", { dark: true });
  await v.goto("/desk/issues");
  await field(v, t("publishing:field-title")).fill(COVER);
  await press(scene, v, v.button(t("issues-create")));
  scene.issue = v.page.url().split(/[?#]/)[0];
  await v.page.getByRole("checkbox", { name: scene.title }).check();
  await press(scene, v, v.button(t("issue-add-articles")));
  await press(scene, v, v.button(t("issue-show")));
  await v.told(t("issue-shown"));
}

async function comments(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("reader");
  await v.goto(scene.talk);
  await v.look("article-foot", { lang: null, dark: true });
  const foot = v.page.locator(".after");
  await v.follow(foot.getByRole("button").nth(1));
  if ((await v.page.locator("html").getAttribute("lang")) !== room.lang) await v.inOwnLanguage();
  await v.reads(t("useful-sorry"));
  await v.look("useful-no", { dark: true });
  await field(v, t("field-why")).fill("표가 더 있으면 좋겠어요");
  await press(scene, v, v.button(t("useful-send")));
  await v.reads(t("useful-thanks"));
  await v.look("useful-thanks");
  await v.goto(scene.talk);
  await v.follow(v.page.locator(".after a"));
  await v.role("heading", t("pass-title"), { level: 1 }).waitFor();
  await v.look("share", { dark: true });
  const copies = await v.page.locator("[data-copy]").isVisible();
  if (copies !== room.script) room.problem("what needs script shows itself without, or hides itself with it");
  await v.goto(scene.talk);
  await v.follow(v.page.locator(".comments > p a"));
  await v.look("comments-write", { dark: true });
  await field(v, t("readers:field-comment")).fill(SAID);
  await press(scene, v, v.button(t("comment-send")));
  await v.page.locator(".error-summary").waitFor();
  if ((await field(v, t("readers:field-comment")).inputValue()) !== SAID) room.problem("what was typed is lost");
  await v.look("comment-without-name", { dark: true });
  await field(v, t("readers:field-name")).fill("지나가던 독자");
  await press(scene, v, v.button(t("comment-send")));
  await v.told(t("comment-held"));
  await v.look("comment-held");

  const w = await room.visitor("partner");
  await w.goto(server.stops.partner[0].path);
  await w.follow(w.page.locator("form button").first());
  await w.goto("/my/consent");
  await w.inOwnLanguage();
  await w.page.locator("input[name=consent_newsletter]").check();
  await w.follow(w.page.locator("form[action='/my/consent'] button").first());
  await w.goto(`${scene.talk}/comments`);
  await w.look("comments-as-partner", { dark: true });
  await field(w, t("readers:field-comment")).fill(RUDE);
  await press(scene, w, w.button(t("comment-send")));
  await w.told(t("comment-held"));
  await w.look("comments-own-held", { glance: true });
}

/// By keys where script runs.
async function decides(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto("/desk");
  await v.follow(v.page.locator("a[href='/desk/comments'].todo"));
  await v.look("comments-held", { dark: true });
  const keys = async (key) => Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(key)]);
  if (room.script) {
    await v.page.keyboard.press("j");
    await keys("s");
  } else {
    await v.press(t("comment-show"));
  }
  await v.told(/./);
  const row = v.page.locator("[data-row]").first();
  const fold = row.locator("summary");
  if (room.script) {
    await v.page.keyboard.press("j");
    await v.page.keyboard.press("r");
  } else {
    await fold.click();
  }
  await v.follow(v.button(t("comment-refuse-do")));
  await v.page.locator(".error-summary").waitFor();
  await v.look("comment-needs-a-reason", { dark: true });
  await field(v, t("readers:field-reason")).fill("글에 관한 의견을 남겨 주십시오");
  await press(scene, v, v.button(t("comment-refuse-do")));
  await v.told(/./);
  await v.goto("/desk/comments?show=shown");
  await v.look("comments-shown", { dark: true });
  if (room.script) {
    await v.page.keyboard.press("j");
    await keys("h");
  } else {
    await v.press(t("comment-hide"));
  }
  await v.goto("/desk/comments?show=gone");
  await v.look("comments-gone", { dark: true });
  const hidden = v.page.locator("[data-row]", { hasText: SAID.split("\n")[0] });
  await press(scene, v, hidden.getByRole("button", { name: t("comment-undo") }));

  const reader = await room.visitor("second-reader");
  await reader.goto(scene.talk);
  await reader.reads(SAID.split("\n")[0]);
  if (await reader.page.getByText(RUDE).count()) room.problem("a refused comment is read");
  await reader.look("article-with-comment", { lang: null, dark: true });
  const w = await room.visitor("partner");
  await w.goto(`${scene.talk}/comments`);
  await w.reads("글에 관한 의견을 남겨 주십시오");
  await w.look("comments-own-refused", { dark: true });
  await press(scene, w, w.button(t("comment-withdraw")));
  await w.told(t("comment-withdrawn"));
}

/// By keyboard alone, where script runs.
async function writes(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.goto(scene.issue);
  await press(scene, v, v.link(t("newsletter-title")));
  await v.look("newsletter-new", { dark: true });
  await press(scene, v, v.button(t("newsletter-test")));
  await v.page.locator(".error-summary").waitFor();
  await v.look("newsletter-incomplete", { glance: true });
  await field(v, t("newsletter:field-subject")).fill(`‘${COVER}’가 나왔습니다`);
  await field(v, t("newsletter:field-words")).fill("기다려 주셔서 고맙습니다.\n\n이번 호에는 지난 대화를 담았습니다.");
  if (!room.script) await v.page.locator("summary", { hasText: t("newsletter-english") }).click();
  else {
    await v.page.locator("summary", { hasText: t("newsletter-english") }).focus();
    await v.page.keyboard.press("Enter");
  }
  await field(v, t("field-subject-en")).fill("Our first issue is out");
  await field(v, t("field-words-en")).fill("Thank you for waiting.\n\nThis issue holds the talk of last year.");
  await field(v, t("field-contact")).fill("hello@narae.example · 02-000-0000\n서울 어딘가 1");
  await press(scene, v, v.button(t("newsletter-test")));
  await v.told(t("newsletter-tested"));
  await v.look("newsletter-written", { dark: true });
  const mailbox = await room.visitor("mailbox");
  for (const subject of ["Our first issue is out", COVER]) {
    await openMail(mailbox, new RegExp(`\\(광고\\).*${subject}`), { to: server.stops.editor[0].email });
    await mailbox.lookAtMail(`newsletter-as-mailed-${subject === COVER ? "ko" : "en"}`);
  }
  await press(scene, v, v.button(t("newsletter-send-now", { n: 1 })));
  await v.told(t("newsletter-begun"));
  await v.reloadUntil(() => v.page.locator(".badge[data-state=sent]"));
  await v.look("newsletter-sent", { dark: true });
  await v.goto("/desk/insight");
  await v.look("insight-readers", { dark: true });
}

/// One press, on a page behind the link of the mail. At night the mail waits, and there is nothing to press.
async function refuses(scene) {
  const { room, t } = scene;
  const hour = (new Date().getUTCHours() + 9) % 24;
  if (hour < 8 || hour >= 21) return;
  const v = await room.visitor("refuser");
  await openMail(v, new RegExp(`\\(광고\\).*(${COVER}|first issue)`));
  const link = await v.page.frameLocator("iframe").locator("a[href*='/n/']").first().getAttribute("href");
  await v.goto(new URL(link).pathname);
  await v.inOwnLanguage();
  await v.look("newsletter-refuse", { dark: true });
  await press(scene, v, v.button(t("newsletter-refuse-button")));
  await v.reads(t("newsletter-refuse-still"));
  await v.look("newsletter-refused", { dark: true });
}

export const stories = [
  ["an editor takes comments, and lets an issue out", opens],
  ["readers say whether it was of use, pass it on, and comment", comments],
  ["an editor decides what is seen", decides],
  ["and writes the newsletter of the issue", writes],
  ["a reader wants no more of it", refuses],
];
