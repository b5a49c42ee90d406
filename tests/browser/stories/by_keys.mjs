// What the other rooms do by pointer, by keyboard alone: groups, notes, rules, words of mails, reasons, files. No click in this file.
// Somebody has signed in by keyboard before (keyboard.mjs).

import { enter, tabTo } from "./keyboard.mjs";
import { EVENT, openQuestion } from "./triage.mjs";

const pressed = (v, key) => Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(key)]);

/// Tabs there and types in the place of what stands.
async function types(v, box, text) {
  await tabTo(v, box);
  await v.page.keyboard.press("ControlOrMeta+a");
  await v.page.keyboard.insertText(text);
}

/// A proposed group is joined; the last decision is taken back.
async function joins(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/similar`);
  await v.reloadUntil(() => v.page.getByRole("button", { name: t("similar-merge-ticked") }));
  const group = v.page.locator("section").filter({ hasText: "메시지 발송 API 한도" }).first();
  // Tab enters the group at the one that leads; the arrows choose another.
  await tabTo(v, group.getByRole("radio", { checked: true }));
  await v.page.keyboard.press("ArrowDown");
  await v.page.keyboard.press("ArrowUp");
  if (!(await group.getByRole("radio", { name: t("similar-lead-n", { n: 8 }) }).isChecked())) room.problem("the arrows do not choose who leads");
  const other = group.getByRole("checkbox", { name: t("similar-pick-n", { n: 32 }) });
  await tabTo(v, other);
  if (!(await other.isChecked())) await v.page.keyboard.press("Space");
  await tabTo(v, group.getByRole("button", { name: t("similar-merge-ticked") }));
  await v.look("similar-by-keys", { glance: true });
  await enter(v);
  await v.told(t("similar-joined", { n: 1 }));
  await v.goto(`${EVENT}/triage?state=merged`);
  await v.page.locator("#q32").waitFor();
  await pressed(v, "u");
  await v.told(t("undo-done", { n: 32 }));
}

/// On a question's page: a score, a note, and into another question by its number.
async function onThePanel(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await openQuestion(v, 32);
  await pressed(v, "4");
  await v.page.locator("#scores").getByText(t("score-median"), { exact: true }).waitFor();
  await types(v, v.box(t("field-memo")), "행사 당일 발송이면 8번과 같은 문의입니다.");
  await tabTo(v, v.button(t("notes-add")));
  await enter(v);
  await v.told(t("reading-noted"));
  await types(v, v.page.locator("input[name=into]"), "8");
  await enter(v);
  await v.told(t("triage-merged", { n: 32 }));
  await v.look("question-merged-by-keys", { glance: true });
  await pressed(v, "u");
  await v.told(t("triage-undone", { n: 32 }));
}

/// A rule with a second crew, the words of a mail with their preview, and a reason for declining.
async function settles(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/routing/rules`);
  await tabTo(v, v.page.getByRole("row").nth(1).getByRole("combobox").nth(1));
  await v.page.keyboard.press("ArrowDown");
  await v.page.keyboard.press("ArrowDown");
  await tabTo(v, v.button(t("save")));
  await enter(v);
  await v.page.getByRole("status").first().waitFor();

  await v.goto(`${EVENT}/templates/routed/ko`);
  const body = v.box(t("template-body"));
  const words = (await body.inputValue()).replace("안녕하십니까.", "안녕하세요, 자판입니다.");
  await types(v, body, words);
  await v.page.locator("#preview").getByText("안녕하세요, 자판입니다.").waitFor();
  await tabTo(v, v.button(t("save")));
  await enter(v);
  await pressed(v, "b");
  await v.reads(t("template-own"));

  await v.goto(`${EVENT}/reasons`);
  await types(v, v.page.locator("textarea[name=ko]").last(), "자판으로 적은 사유입니다.");
  await tabTo(v, v.button(t("save")));
  await enter(v);
  await v.page.getByRole("status").first().waitFor();
  if (!(await v.page.locator("textarea[name=ko]").evaluateAll((all) => all.some((one) => one.value === "자판으로 적은 사유입니다.")))) room.problem("the reason is not kept");
}

/// The board's files, and the way from a released decision to its correction.
async function takesAlong(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/triage`);
  for (const name of ["board-xlsx", "board-json"]) {
    await tabTo(v, v.link(t(name)));
    const [file] = await Promise.all([v.page.waitForEvent("download"), v.page.keyboard.press("Enter")]);
    if (!/\.(xlsx|json)$/.test(file.suggestedFilename())) room.problem(`not a file of the board: ${file.suggestedFilename()}`);
  }
}

export const stories = [
  ["a proposed group is joined by keyboard", joins],
  ["a question is scored, noted on and joined by keyboard", onThePanel],
  ["rules, words of mails and reasons are kept by keyboard", settles],
  ["the board is taken along by keyboard", takesAlong],
];
