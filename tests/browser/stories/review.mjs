// Review: what was cut is put back, it takes two, a telephone number is cut out before and after the approval.

import { enter, tabTo } from "./keyboard.mjs";
import { openMail } from "./partner.mjs";
import { asked, ASSIGNED, NUMBER } from "./talk.mjs";
import { EVENT } from "./triage.mjs";

const REPLY = "안녕하세요, 담당 크루입니다.\n\n하루 전 오후 3시까지 신청하시면 초당 1,000건까지 올려 드립니다.\n\n고맙습니다.\n\n-- \n비즈메시지사업팀 이수현\n02-1234-5678";

async function rules(scene) {
  const { room, t } = scene;
  await asked(scene);
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/answers`);
  await v.open(t("review-rules-title"));
  await v.look("rules", { dark: true });
  await v.page.getByRole("checkbox", { name: t("field-four-eyes") }).check();
  await v.press(t("save"));
  await v.told(t("saved"));
  if (!(await v.page.getByRole("checkbox", { name: t("field-four-eyes") }).isChecked())) room.problem("the rule is not kept");
  // The words around an answer, with a question of the event in them.
  await v.goto(`${EVENT}/templates/delivery/ko`);
  await v.page.locator("#preview").getByText(/답변을 드립니다/).waitFor();
  await v.look("words-of-a-delivery", { dark: true });
}

/// Every part that was cut has a button in its place; the keyboard reaches it.
async function putsBack(scene) {
  const { room, server, t } = scene;
  const crew = await room.visitor("crew");
  await openMail(crew, ASSIGNED);
  await crew.box(t("dev:field-text")).fill(REPLY);
  await crew.press(t("dev-send"));
  await crew.told(t("dev-replied"));
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, `${EVENT}/answers`);
  const row = () => v.page.getByRole("row").filter({ hasText: String(NUMBER) }).filter({ hasText: t("source-mail") });
  await v.reloadUntil(row);
  await v.follow(row().getByRole("link").first());
  scene.answer = v.page.url();
  const box = v.box(t("field-body"));
  if ((await box.inputValue()).includes("02-1234-5678")) room.problem("the signature was kept");
  await v.look("what-was-cut", { dark: true });
  await v.page.locator("details.cut summary").first().click();
  await v.look("what-was-cut-open", { dark: true });
  await box.fill((await box.inputValue()).replace("안녕하세요", "반갑습니다"));
  const back = v.page.getByRole("button", { name: new RegExp(`^${t("cut-back")}.*이수현`) }).first();
  await tabTo(v, back);
  await enter(v);
  await v.told(t("review-put-back"));
  const text = await box.inputValue();
  if (!text.startsWith("반갑습니다") || !text.includes("02-1234-5678")) room.problem(`what was put back: ${text}`);
  await v.look("put-back", { dark: true });
}

/// Who edited it may only save; a name that does not stand there is told at its field.
async function takesTwo(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.reads(t("review-four-eyes-own"));
  if (await v.button(t("review-approve")).count()) room.problem("who edited it is offered to approve it");
  await v.page.locator("summary").filter({ hasText: t("redact-title") }).click();
  await v.page.getByLabel(t("field-redact")).fill("02-9999-9999");
  await v.press(t("redact-send"));
  await v.page.getByRole("alert").waitFor();
  await v.look("redact-refused", { dark: true });
  await v.page.getByLabel(t("field-redact")).fill("02-1234-5678");
  await v.press(t("redact-send"));
  await v.told(t("answer-redacted"));
  if ((await v.box(t("field-body")).inputValue()).includes("02-1234-5678")) room.problem("the number still stands");
  const w = await room.visitor("administrator");
  await w.signIn(server.stops.administrator[0].email, scene.answer.replace(server.url, ""));
  await w.look("review-by-the-second", { dark: true });
  await w.press(t("review-approve"));
  await w.told(t("answer-approved"));
  await w.goto(scene.answer);
  await w.page.locator("summary").filter({ hasText: t("redact-title") }).click();
  await w.page.getByLabel(t("field-redact")).fill("이수현");
  await w.look("redact-approved", { dark: true });
  await w.press(t("redact-send"));
  await w.told(t("answer-redacted"));
  await w.look("redacted");
}

export const stories = [
  ["an event takes two", rules],
  ["what was cut is put back in its place", putsBack],
  ["who edited an answer does not approve it, and a passage is cut out", takesTwo],
];
