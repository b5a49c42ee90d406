// The host asks partners back: proposed by crew, picked, sent to two, answered by page and by mail.

import { either, openMail, pressInMail } from "./partner.mjs";
import { EVENT } from "./triage.mjs";

const QUESTION = "처음 함께 일을 시작하실 때 가장 알기 어려웠던 것은 무엇이었나요? 한 가지만 꼽아 주세요.";

export async function asksBack(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/reverse`);
  await v.look("reverse", { dark: true });
  const call = t("reverse-call-send", { n: 777 }).replace("777", "\\d+");
  await v.follow(v.page.getByRole("button", { name: new RegExp(call) }));

  const crew = await room.visitor("crew");
  await openMail(crew, either("call-mail-subject", ["event"]));
  await crew.look("call-mail", { glance: true });
  await crew.lookAtMail("call-as-mailed");
  await pressInMail(crew, either("call-mail-action"));
  await crew.inOwnLanguage();
  await crew.look("propose", { dark: true });
  const events = crew.page.getByRole("combobox", { name: t("field-event") });
  if (await events.count()) await events.selectOption({ value: "talk" });
  await crew.box(t("field-reverse-text")).fill(QUESTION);
  await crew.press(t("propose-send"));
  await crew.told(t("reverse:reverse-proposed"));
  await crew.look("proposed", { glance: true });

  await v.goto(`${EVENT}/reverse`);
  const proposal = v.page.getByRole("article").filter({ hasText: QUESTION });
  await v.follow(proposal.getByRole("button", { name: t("reverse-pick") }));
  await v.told(t("reverse:reverse-picked"));
  await v.look("reverse-picked");
  await v.follow(v.page.getByRole("article").filter({ hasText: QUESTION }).getByRole("link", { name: new RegExp(`^${t("reverse-choose")}`) }));
  const partners = v.page.getByRole("checkbox");
  await partners.nth(0).check();
  await partners.nth(1).check();
  await v.look("reverse-choose", { dark: true });
  await v.press(t("reverse-send"));
  await v.told(t("reverse:reverse-sent", { n: 2 }));
  await v.look("reverse-sent", { glance: true });

  await answered(scene);
}

async function answered(scene) {
  const { room, t } = scene;
  const subject = either("reverse-mail-subject", ["event"]);
  const one = await room.visitor("asked-one");
  await openMail(one, subject);
  await one.reloadUntil(() => one.page.getByRole("heading", { level: 1 }));
  await one.look("reverse-mail", { glance: true });
  await pressInMail(one, either("reverse-mail-action"));
  await one.inOwnLanguage();
  await one.press(t("my-enter-button"));
  await one.look("reverse-answer", { dark: true });
  await one.box(t("answers:field-text")).fill("등록 화면이 두 곳이라 어디에서 시작해야 하는지 몰랐습니다. 한 곳에서 시작하게 해 주세요.");
  await one.press(t("answer-send"));
  await one.told(t("answer-taken"));
  await one.goto("/my");
  await one.look("my-reverse");

  const two = await room.visitor("asked-two");
  await two.goto("/dev/mailbox");
  await two.reloadUntil(() => two.page.getByRole("link", { name: subject }).nth(1));
  await two.follow(two.page.getByRole("link", { name: subject }).nth(1));
  await two.box(t("dev:field-text")).fill("수수료를 어떻게 셈하는지요. 예를 하나 보여 주시면 바로 알겠습니다.");
  await two.press(t("dev-send"));
  await two.told(t("dev-replied"));

  const editor = await room.visitor("editor");
  for (const words of ["등록 화면이", "수수료를"]) {
    await editor.goto(`${EVENT}/answers`);
    const row = () => editor.page.getByRole("row").filter({ hasText: QUESTION.slice(0, 12) });
    await editor.reloadUntil(row);
    await editor.follow(row().getByRole("link").first());
    await editor.press(t("review-approve"));
    await editor.told(t("answer-approved"));
    void words;
  }
}
