// Similar questions: while a partner writes, on the panel, in proposed groups; merged, undone, and answered already.

import { approve } from "./crew.mjs";
import { EVENT, openQuestion } from "./triage.mjs";

/// What was printed last year is shown beneath the text that somebody writes.
async function hints(scene) {
  const { room, server, t } = scene;
  if (!room.script) return;
  const v = await room.visitor("partner");
  await v.goto(server.stops.partner[0].path);
  if (await v.button(t("my-enter-button")).count()) await v.press(t("my-enter-button"));
  await v.goto("/my/questions/new");
  const heading = v.role("heading", t("my-similar-title"), { level: 2 });
  // What is printed is compared once its index stands: the next pause in typing finds it.
  for (const words of ["스티로폼을 종이 보냉상자로 바꾸고 싶은데 상자값이 세 배입니다.", " 혼자 바꾸면 저희만 비싸져서 손님을 잃습니다.", " 나래가 도와줄 수 있나요?"]) {
    await v.box(t("field-question")).pressSequentially(words);
    if (await heading.waitFor({ timeout: 8000 }).then(() => true, () => false)) break;
  }
  await heading.waitFor();
  await v.page.locator("[data-similar] a[href^='/articles/']").first().waitFor();
  await v.look("similar-while-writing", { dark: true });
}

/// A proposed group: one leads, the others are joined to it; the last decision is taken back.
export async function groups(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email, `${EVENT}/similar`);
  await v.reloadUntil(() => v.page.getByRole("button", { name: t("similar-merge-ticked") }));
  await v.look("similar-groups", { dark: true });
  const group = v.page.locator("section").filter({ hasText: "작은 데이터 회사를 운영하는" }).first();
  await group.getByRole("radio", { name: t("similar-lead-n", { n: 16 }) }).check();
  const ticks = group.getByRole("checkbox");
  for (let n = 0; n < (await ticks.count()); n += 1) await ticks.nth(n).uncheck();
  // Nothing but the leading one: refused, with what to do.
  await v.follow(group.getByRole("button", { name: t("similar-merge-ticked") }));
  await v.page.getByRole("alert").getByText(t("refused-nothing-ticked")).waitFor();
  await v.look("similar-refused");
  const again = v.page.locator("section").filter({ hasText: "작은 데이터 회사를 운영하는" }).first();
  await again.getByRole("radio", { name: t("similar-lead-n", { n: 16 }) }).check();
  await again.getByRole("checkbox", { name: t("similar-pick-n", { n: 28 }) }).check();
  await v.follow(again.getByRole("button", { name: t("similar-merge-ticked") }));
  await v.told(t("similar-joined", { n: 1 }));

  // On its page it stands as merged, and comes back as it was.
  await openQuestion(v, 28);
  await v.page.getByText(t("panel-pending", { kind: t("decision-merge"), by: "양서린" })).first().waitFor();
  await v.look("merged-question", { dark: true });
  await v.press(t("do-undo"));
  await v.told(t("triage-undone", { n: 28 }));

  // A group that is not one goes, and is not proposed again.
  await v.goto(`${EVENT}/similar`);
  const before = await v.page.getByRole("button", { name: t("similar-dismiss") }).count();
  await v.follow(v.page.getByRole("button", { name: t("similar-dismiss") }).last());
  await v.page.getByRole("status").filter({ hasText: /\d/ }).first().waitFor();
  if ((await v.page.getByRole("button", { name: t("similar-dismiss") }).count()) >= before) room.problem("a dismissed group still stands");
}

/// The panel names the nearest questions, and joins by one press.
async function panel(scene) {
  const { t, room } = scene;
  const v = await room.visitor("moderator");
  await openQuestion(v, 26);
  const near = v.page.getByRole("region", { name: t("similar-title") });
  await near.getByRole("button", { name: t("merge-into", { n: 1 }) }).waitFor();
  await v.look("similar-on-the-panel");
  await v.follow(near.getByRole("button", { name: t("merge-into", { n: 1 }) }));
  await v.goto(`${EVENT}/triage?state=merged`);
  await v.page.locator("#q26").waitFor();
  await v.look("board-merged", { glance: true });
  await v.press(t("board-undo"));
  await v.told(t("undo-done", { n: 26 }));
}

/// Question 1 is routed, released, answered and approved; question 26, which asks the same, becomes a duplicate of it.
async function duplicate(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await openQuestion(v, 1);
  await v.press(t("do-route-long"));
  await v.told(t("triage-routed", { n: 1 }));
  await v.goto(`${EVENT}/routing`);
  await v.page.getByRole("checkbox", { name: t("select-number", { n: 1 }) }).check();
  await v.press(t("release-some"));
  await v.told(t("triage-released-n", { n: 1 }));
  const editor = await room.visitor("editor");
  await editor.signIn(server.stops.editor[0].email, `${EVENT}/assignments`);
  await editor.follow(editor.page.getByRole("link", { name: /아장걸음입니다/ }).first());
  await editor.box(t("answers:field-text")).fill("1월부터 배송이 끝난 다음 날 절반을 먼저 정산해 드리고, 자동 구매확정 기간은 닷새로 줄입니다.");
  await editor.press(t("enter-send"));
  await approve(scene, editor, t("source-staff"), 1);

  await openQuestion(v, 26);
  const near = v.page.getByRole("region", { name: t("similar-title") });
  await near.getByText(t("similar-answered")).first().waitFor();
  await v.look("duplicate-on-the-panel", { dark: true });
  await v.follow(near.getByRole("button", { name: t("similar-duplicate-of", { n: 1 }) }));
  await v.page.getByText(t("panel-pending", { kind: t("decision-duplicate"), by: "양서린" })).first().waitFor();
  await v.goto(`${EVENT}/routing/preview`);
  await v.reads(t("decision-duplicate"));
  await v.look("duplicate-preview");
}

export const stories = [
  ["similar questions show beneath what a partner writes", hints],
  ["a proposed group is merged and undone, another dismissed", groups],
  ["the panel joins two questions by one press", panel],
  ["a question that has its answer takes a duplicate", duplicate],
];
