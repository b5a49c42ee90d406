// Crew and asker talk: a crew asks back, takes longer, hands on; the asker asks on; a moderator sees what reached nobody.

import { enter, tabTo } from "./keyboard.mjs";
import { either, openMail, pressInMail } from "./partner.mjs";
import { EVENT, openQuestion } from "./triage.mjs";

export const NUMBER = 8;
export const ASSIGNED = new RegExp(`질문 ${NUMBER}번에 답변을`);

/// The mail of this number goes to its crew.
export async function asked(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email);
  await openQuestion(v, NUMBER);
  await v.press(t("do-route-long"));
  await v.goto(`${EVENT}/routing`);
  await v.follow(v.page.locator("button[name=what][value=all]"));
  await v.told(t("triage-released-n", { n: 1 }));
  await v.goto(`${EVENT}/messages`);
  await v.reads(t("messages-empty-held"));
  await v.look("messages-none", { dark: true });
}

/// The crew must know more; the asker says it on their page, and the crew gets it in the same thread.
async function asksBack(scene) {
  const { room, t } = scene;
  const crew = await room.visitor("crew");
  await openMail(crew, ASSIGNED);
  await crew.look("assignment-with-ways", { dark: true });
  await crew.lookAtMail("assignment-with-ways-as-mailed");
  await pressInMail(crew, either("way-ask"));
  await crew.inOwnLanguage();
  await crew.look("step-ask", { dark: true });
  await crew.press(t("step-ask-send"));
  await crew.page.getByRole("alert").waitFor();
  await crew.look("step-ask-refused", { dark: true });
  await crew.box(t("step-ask-text")).fill("행사는 한 달에 몇 번쯤 여시나요?\n하루 전에 신청하실 수 있는 일정인지도 알려 주시면 좋겠습니다.");
  await crew.press(t("step-ask-send"));
  await crew.told(t("step-asked"));
  await crew.look("answer-while-asked-back", { dark: true });

  const asker = await room.visitor("asker");
  await openMail(asker, either("ask-mail-subject", ["event"]));
  await asker.look("ask-back-mail", { dark: true });
  await asker.lookAtMail("ask-back-as-mailed");
  await pressInMail(asker, either("ask-mail-action"));
  await asker.inOwnLanguage();
  await asker.press(t("my-enter-button"));
  await asker.role("heading", t("write-title-asked"), { level: 1 }).waitFor();
  await asker.look("write-asked", { dark: true });
  await asker.press(t("write-send"));
  await asker.page.getByRole("alert").waitFor();
  await asker.look("write-refused");
  await asker.box(t("write-text")).fill("한 달에 두 번쯤이고, 일정은 사흘 전이면 정해져요. 미리 신청할 수 있어요.");
  await asker.press(t("write-send"));
  await asker.told(t("my-write-sent"));
  await asker.reads("미리 신청할 수 있어요");
  await asker.look("question-with-what-was-said", { dark: true });

  await openMail(crew, either("told-mail-subject", ["event", "number"]));
  await crew.look("told-mail", { glance: true });
  await crew.lookAtMail("told-as-mailed");
}

/// A day that is past is refused at its field; the question then goes to another crew, which reads why.
async function laterAndOn(scene) {
  const { room, t } = scene;
  const crew = await room.visitor("crew");
  await pressInMail(crew, either("way-later"));
  await crew.inOwnLanguage();
  const day = crew.page.getByLabel(t("step-later-day"));
  await crew.look("step-later", { dark: true });
  await day.fill("2020-01-01");
  await crew.press(t("step-later-send"));
  await crew.page.getByRole("alert").waitFor();
  await crew.look("step-later-refused");
  if ((await day.inputValue()) !== "2020-01-01") room.problem("the day that was typed is lost");
  await day.fill(new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10));
  await crew.press(t("step-later-send"));
  await crew.told(t("step-put-off"));
  await crew.look("answer-put-off", { glance: true });

  await crew.open(t("way-pass"));
  await crew.look("step-pass", { dark: true });
  await crew.press(t("step-pass-send"));
  await crew.page.getByRole("alert").waitFor();
  await crew.look("step-pass-refused");
  const service = crew.page.getByRole("combobox", { name: t("step-pass-service") });
  await service.selectOption({ index: 2 });
  await crew.page.getByLabel(t("step-pass-note")).fill("발송 한도는 그쪽에서 정하셔서 담당 크루께 부탁드립니다.");
  await crew.press(t("step-pass-send"));
  await crew.told(t("step-passed"));
  await crew.look("answer-passed-on");

  const next = await room.visitor("next-crew");
  await openMail(next, ASSIGNED);
  await next.reloadUntil(() => next.page.frameLocator("iframe").getByText("담당 크루께 부탁드립니다").or(next.page.getByText("담당 크루께 부탁드립니다")));
  await next.look("handed-over-mail", { dark: true });
  await next.lookAtMail("handed-over-as-mailed");
}

/// The same by a word in the first line of a reply, confirmed by mail.
async function words(scene) {
  const { room, t } = scene;
  const v = await room.visitor("next-crew");
  const reply = async (text, subject, name) => {
    await openMail(v, ASSIGNED);
    await v.box(t("dev:field-text")).fill(text);
    await v.press(t("dev-send"));
    await v.told(t("dev-replied"));
    await openMail(v, either(subject, ["event", "number"]));
    await v.look(name, { dark: true });
    await v.lookAtMail(`${name}-as-mailed`);
  };
  await reply("#연기 20일", "command-subject-done", "command-done");
  await reply("#넘김 없는 서비스\n저희 쪽이 아닙니다.", "command-subject-not", "command-refused");
}

/// An asker replies to the answer, and the same crew reads it under the answer that it gave.
async function followsUp(scene) {
  const { room, server, t } = scene;
  const crew = await room.visitor("next-crew");
  await openMail(crew, ASSIGNED);
  await crew.box(t("dev:field-text")).fill("안녕하세요, 담당 크루입니다.\n\n하루 전 오후 3시까지 신청하시면 초당 1,000건까지 올려 드립니다.\n\n고맙습니다.");
  await crew.press(t("dev-send"));
  await crew.told(t("dev-replied"));
  const editor = await room.visitor("editor");
  await editor.signIn(server.stops.editor[0].email, `${EVENT}/answers`);
  const row = () => editor.page.getByRole("row").filter({ hasText: String(NUMBER) }).filter({ hasText: t("source-mail") });
  await editor.reloadUntil(row);
  await editor.follow(row().getByRole("link").first());
  await editor.reads("미리 신청할 수 있어요");
  await editor.look("review-with-what-was-said", { dark: true });
  await editor.press(t("review-approve"));
  await editor.told(t("answer-approved"));

  const asker = await room.visitor("asker");
  await openMail(asker, either("mail-delivery-subject", ["event", "excerpt"]));
  await asker.look("delivery-with-reply", { dark: true });
  await asker.lookAtMail("delivery-with-reply-as-mailed");
  await asker.box(t("dev:field-text")).fill("주말에도 신청할 수 있나요?");
  await asker.press(t("dev-send"));
  await asker.told(t("dev-replied"));
  await openMail(crew, either("follow-mail-subject", ["event", "number"]));
  await crew.look("follow-up-mail", { dark: true });
  await crew.lookAtMail("follow-up-as-mailed");
  await crew.box(t("dev:field-text")).fill("네, 주말에도 받습니다.");
  await crew.press(t("dev-send"));
  await crew.told(t("dev-replied"));
  await editor.goto(`${EVENT}/answers`);
  await editor.reloadUntil(row);
}

/// With no round left a message waits for a moderator, who brings it to the crew. By keyboard, where there is script or not.
async function held(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/messages`);
  const most = v.page.getByLabel(t("field-follow-ups"));
  await most.fill("99");
  await v.press(t("save"));
  await v.page.getByRole("alert").waitFor();
  await v.look("rounds-refused");
  await most.fill("0");
  await v.press(t("save"));
  await v.told(t("saved"));

  const asker = await room.visitor("asker");
  await asker.goto("/my");
  await asker.follow(asker.page.locator("a[href^='/my/questions/']").filter({ hasText: /메시지 발송 API/ }).first());
  await asker.look("answered-and-asked-on", { dark: true });
  await asker.open(t("my-write"));
  await asker.look("write", { dark: true });
  await asker.box(t("write-text")).fill("비용은 그대로인가요?");
  await asker.press(t("write-send"));
  await asker.told(t("my-write-sent"));

  await v.goto(`${EVENT}/answers`);
  await v.look("answers-with-messages", { glance: true });
  await v.follow(v.page.locator("main a[href$='/messages']").first());
  await v.reads("비용은 그대로인가요");
  await v.look("messages-held", { dark: true });
  await tabTo(v, v.button(t("messages-forward")));
  await enter(v);
  await v.told(t("message-forwarded"));
  await v.open(t("messages-all"));
  await v.look("messages-all", { dark: true });
}

export const stories = [
  ["a question goes to its crew", asked],
  ["the crew asks back and the asker replies", asksBack],
  ["the crew takes longer, then hands it on", laterAndOn],
  ["the same by a word in a reply", words],
  ["the asker replies to the answer", followsUp],
  ["what may not go straight to a crew waits for a moderator", held],
];
