// Crews answer by mail and by link; staff review; the asker reads.

import { either, openMail, pressInMail } from "./partner.mjs";
import { EVENT } from "./triage.mjs";

const REPLY = "안녕하세요, 담당 크루입니다.\n\n다음 분기부터 같은 날에 모아 보내 드립니다. 신청은 관리 화면의 정산 메뉴에서 하실 수 있습니다.\n\n고맙습니다.";

export async function replies(scene) {
  const { room, t } = scene;
  const v = await room.visitor("crew");
  // A question that only now went out stands on top of the mailbox.
  await openMail(v, either("assignment-mail-subject", ["event", "service", "number"]));
  await v.look("assignment-mail", { dark: true });
  await v.lookAtMail("assignment-as-mailed");
  const heading = await v.page.getByRole("heading", { level: 1 }).innerText();
  scene.byMail = /(\d+)번에|question (\d+) about/.exec(heading)?.slice(1).find(Boolean);
  await v.box(t("dev:field-text")).fill(REPLY);
  await v.press(t("dev-send"));
  await v.told(t("dev-replied"));
  await v.look("assignment-replied", { glance: true });

  // The next one answers on the page that the mail leads to.
  const w = await room.visitor("crew-by-link");
  await w.goto("/dev/mailbox");
  await w.follow(w.page.getByRole("link", { name: either("assignment-mail-subject", ["event", "service", "number"]) }).nth(1));
  await pressInMail(w, either("assignment-mail-action"));
  await w.inOwnLanguage();
  await w.look("answer-by-link", { dark: true });
  await w.press(t("answer-send"));
  await w.page.getByRole("alert").waitFor();
  await w.look("answer-refused");
  await w.box(t("answers:field-text")).fill("네, 됩니다. 올해 안에 순서대로 열어 드리고, 먼저 신청하신 곳부터 연락드리겠습니다.");
  await w.press(t("answer-send"));
  await w.told(t("answer-taken"));
  await w.look("answer-taken", { dark: true });
}

export async function reviewed(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, `${EVENT}/answers`);
  await v.reloadUntil(() => v.page.getByRole("row").filter({ hasText: t("source-mail") }));
  await v.look("answers", { dark: true });
  await v.follow(v.page.getByRole("row").filter({ hasText: t("source-mail") }).getByRole("link").first());
  const box = v.box(t("field-body"));
  const kept = await box.inputValue();
  if (!kept.includes("모아 보내 드립니다") || /님이 작성|^>/m.test(kept)) room.problem(`what was kept of the mail: ${kept}`);
  await v.look("review-by-mail", { dark: true });
  await box.fill(kept.replace("다음 분기부터", "1월부터"));
  await v.press(t("review-approve"));
  await v.told(t("answer-approved"));

  await v.goto(`${EVENT}/answers`);
  const link = v.page.getByRole("row").filter({ hasText: t("source-link") });
  await v.follow(link.getByRole("link").first());
  await v.look("review-by-link", { glance: true });
  await v.page.getByText(t("review-return"), { exact: true }).click();
  await v.box(t("field-note")).fill("신청하는 곳을 함께 적어 주시면 좋겠습니다.");
  await v.look("review-return");
  await v.press(t("review-return-send"));
  await v.told(t("answer-returned"));
  await v.goto(`${EVENT}/answers?state=returned`);
  await v.look("answers-returned", { glance: true });
  await v.goto(`${EVENT}/assignments`);
  await v.look("assignments");
  await v.follow(v.page.getByRole("row").nth(1).getByRole("link").first());
  await v.look("assignment");
}

/// Approves what waits for review and comes from there; so many at most.
export async function approve(scene, v, source, most) {
  const { t } = scene;
  for (let n = 0; n < most; n += 1) {
    await v.goto(`${EVENT}/answers`);
    await v.follow(v.page.getByRole("row").filter({ hasText: source }).getByRole("link").first());
    await v.press(t("review-approve"));
    await v.told(t("answer-approved"));
  }
}

export async function delivered(scene) {
  const { room, t } = scene;
  const v = await room.visitor("asker");
  await openMail(v, either("mail-delivery-subject", ["event", "excerpt"]));
  await v.look("delivery-mail", { dark: true });
  await v.lookAtMail("delivery-as-mailed");
  await pressInMail(v, either("mail-delivery-action"));
  await v.inOwnLanguage();
  await v.press(t("my-enter-button"));
  await v.reads("1월부터 같은 날에 모아 보내 드립니다");
  await v.look("answered", { dark: true });
  await v.goto("/my");
  await v.look("my-answered");
}
