// A whole sitting of ten and eight: one is not reached, one comes from the hall, connections are lost, the server is killed
// and comes back, another operator takes over. Nothing is lost, and all screens agree.

import { afterwards } from "./after_sitting.mjs";
import * as before from "./before_sitting.mjs";
import { openMail } from "./partner.mjs";
import { decides, EVENT, openQuestion } from "./triage.mjs";

const FROM_THE_HALL = "방금 말씀하신 정산 주기는 해외에서 판매하는 파트너에게도 똑같이 적용되나요?";
const TYPED = "바뀌는 날짜는 한 달 전에 알려 드리겠습니다.";
const TYPED_ON = " 서버가 멎은 사이에 적은 말도 남아 있어야 합니다.";

/// A key of the operator, who does not type now.
async function key(v, name) {
  await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(name)]);
}

const answer = (n) => `${n}. 무대에서 이렇게 답했습니다. 내년 3월부터 바뀌며, 바뀌기 한 달 전에 알려 드리겠습니다.`;

/// What was said, typed until it is saved, and marked as answered.
async function notes(v, text) {
  const { t } = v;
  await v.box(t("stage-note")).fill(text);
  await v.told(t("stage-typed-saved"));
  await v.press(t("stage-note-save"));
  await v.told(t("stage-noted"));
  await key(v, "a");
}

const subject = ({ page }) => page.locator("#note-title").innerText();

/// The first three: keys, applause, a hold.
async function begins(scene) {
  const { room, t, hall } = scene;
  const v = await room.visitor("operator");
  scene.began = new Date();
  await key(v, "n");
  const first = await hall.agree("1/10");
  await v.page.keyboard.press("?");
  await v.page.getByRole("dialog", { name: t("keys-title") }).waitFor();
  await v.look("stage-keys");
  await v.page.keyboard.press("Escape");
  for (const phone of hall.telephones) await phone.page.locator("button[name=clap]").click();
  await hall.told(t("now-claps", { n: 3 }));
  await hall.telephones[1].look("telephone-applauds", { dark: true });
  await notes(v, answer(1));
  await key(v, "n");
  const second = await hall.agree("2/10");
  const [prepared, draft] = [scene.prepared, await (await room.visitor("backstage")).page.locator(".backstage-draft").first().innerText()];
  if (second !== prepared) room.problem(`what was prepared for “${prepared}” is not the second: ${second}`);
  if (!draft.startsWith("먼저 기준을")) room.problem(`backstage does not show the draft: ${draft}`);
  if (first === second) room.problem("the second is the first");
  await (await room.visitor("backstage")).look("backstage-draft");
  await notes(v, answer(2));
  await key(v, "h");
  await hall.idle();
  await hall.told(t("now-held"));
  await key(v, "h");
  await hall.agree("2/10");
  await key(v, "n");
  await hall.agree("3/10");
  await key(v, "p");
  await hall.agree("2/10");
  await key(v, "z");
  await hall.agree("3/10");
  await (await room.visitor("screen")).look("screen-question", { dark: true });
  await notes(v, answer(3));
}

/// A partner asks from the hall; a moderator lets it be read, and two others want to know, too.
async function isAsked(scene) {
  const { room, t, hall } = scene;
  const [one, two, three] = hall.telephones;
  await three.open(t("now-ask-here"));
  await three.box(t("field-question")).fill(FROM_THE_HALL);
  await three.page.getByRole("combobox", { name: t("my-choice-service") }).selectOption({ index: 1 });
  await three.page.getByRole("radio", { name: t("my-prefers-stage") }).check();
  await three.page.getByRole("radio", { name: t("my-naming-company") }).check();
  const consent = three.page.getByRole("checkbox", { name: t("consent-required-title") });
  if (await consent.count()) await consent.check();
  await three.look("telephone-asks", { dark: true });
  await three.press(t("my-send"));
  await three.told(t("my-sent"));
  await three.goto(scene.now);

  const staff = await room.visitor("moderator");
  await staff.goto(`${EVENT}/telephones`);
  await staff.reads(FROM_THE_HALL);
  if (await one.page.getByText(FROM_THE_HALL).count()) room.problem("a telephone reads what no moderator let it read");
  const row = staff.page.getByRole("listitem").filter({ hasText: FROM_THE_HALL });
  scene.asked = Number(/\d+/.exec(await row.getByRole("link").innerText())[0]);
  await staff.follow(row.locator("button[value=show]"));
  await staff.look("telephones-with-a-question", { dark: true });
  await hall.told(FROM_THE_HALL);
  for (const phone of [one, two]) {
    // Said twice, it counts once.
    for (const _ of [1, 2]) await phone.page.locator("button[name=vote]").click();
    await phone.page.locator("button[name=vote][aria-pressed=true]").waitFor();
  }
  await hall.told(t("now-votes", { n: 2 }));
  await one.look("telephone-votes", { dark: true });
  await staff.page.getByText(t("now-votes", { n: 2 })).waitFor();
}

/// The moderator puts it on stage: a place is free since one was not reached.
async function isTaken(scene) {
  const { room, t } = scene;
  const staff = await room.visitor("moderator");
  await openQuestion(staff, scene.asked);
  await staff.page.getByRole("combobox", { name: new RegExp(`^${t("speaker")}`) }).first().selectOption({ index: 1 });
  await staff.press(t("do-live-long"));
  await staff.goto(`${EVENT}/routing`);
  await staff.follow(staff.page.locator("button[name=what][value=all]"));
  await staff.told(t("triage-released-n", { n: 1 }));
}

/// The fourth is not reached, and its crew has it before the hall has read the next one; the question from the hall follows.
async function goesOn(scene) {
  const { room, t, hall } = scene;
  const v = await room.visitor("operator");
  await key(v, "n");
  await hall.agree("4/10");
  scene.left = Number(/\d+/.exec(await subject(v))[0]);
  await v.press(t("stage-not-reached-button"));
  await v.told(t("stage-not-reached"));
  await hall.agree("4/9");
  const staff = await room.visitor("moderator");
  await openQuestion(staff, scene.left);
  await staff.look("not-reached-at-its-crew");
  const crew = await room.visitor("crew");
  await openMail(crew, new RegExp(`질문 ${scene.left}번에 답변을`));
  await notes(v, answer(4));

  await isTaken(scene);
  const left = v.page.locator("#order li.row").filter({ hasText: FROM_THE_HALL.slice(0, 20) });
  await left.waitFor();
  await v.look("stage-with-one-from-the-hall", { dark: true });
  await v.follow(left.getByRole("button"));
  if (await hall.agree("5/10") !== FROM_THE_HALL) room.problem("what is shown is not the question from the hall");
  await hall.told(t("now-taken"));
  await notes(v, answer(5));
}

/// The hall's computer and a telephone lose their connection: they say so, show the last, and catch up by themselves.
async function loses(scene) {
  const { room, t, hall } = scene;
  const v = await room.visitor("operator");
  const away = [await room.visitor("screen"), hall.telephones[0]];
  await key(v, "n");
  await hall.agree("6/10");
  for (const one of away) await one.context.setOffline(true);
  await hall.areLost(away, "6/10");
  // A press that cannot arrive does not stay pressed.
  await away[1].page.locator("button[name=clap]").click();
  await away[1].page.locator("button[name=clap][aria-pressed=false]").waitFor();
  await away[0].look("screen-lost", { dark: true });
  await away[1].look("telephone-lost", { dark: true });
  await notes(v, answer(6));
  await key(v, "n");
  await hall.agree("7/10", { but: away });
  await notes(v, answer(7));
  await key(v, "n");
  await hall.agree("8/10", { but: away });
  await hall.areLost(away, "6/10");
  for (const one of away) await one.context.setOffline(false);
  await hall.agree("8/10");
}

/// The server is killed between a note that is typed and the next act, and comes back with all that it acknowledged.
async function dies(scene) {
  const { room, server, t, hall } = scene;
  const v = await room.visitor("operator");
  for (const phone of hall.telephones.slice(1)) await phone.page.locator("button[name=clap]").click();
  await hall.told(t("now-claps", { n: 2 }));
  await v.box(t("stage-note")).fill(TYPED);
  await v.told(t("stage-typed-saved"));
  const since = () => v.page.locator("#now [data-timer]").getAttribute("data-timer");
  const begun = await since();
  await server.kill();
  await hall.areLost(hall.all.map(([one]) => one), "8/10");
  // What is typed meanwhile waits in the page, also when a button is pressed.
  await v.box(t("stage-note")).fill(TYPED + TYPED_ON);
  await v.told(t("stage-typed-failed"));
  await v.button(t("stage-next")).click();
  await v.look("stage-lost", { dark: true });
  if (await v.box(t("stage-note")).inputValue() !== TYPED + TYPED_ON) throw new Error("what was typed is gone");
  await server.again();
  await hall.agree("8/10");
  // Saved by itself; the page, which then reads itself again, says so no more.
  await v.page.locator("#noting form:not([data-unsaved])").first().waitFor();
  if (await since() !== begun) room.problem(`the timer runs since ${await since()}, not since ${begun}`);
  await hall.told(t("now-claps", { n: 2 }));
  await hall.told(t("now-votes", { n: 2 }));
  await v.page.reload();
  if (await v.box(t("stage-note")).inputValue() !== TYPED + TYPED_ON) room.problem("the note that was typed is not there");
  await v.press(t("stage-note-save"));
  await v.told(t("stage-noted"));
  await key(v, "a");
}

/// Somebody else takes over; who operated until now sees it, and what they press does nothing.
async function changes(scene) {
  const { room, server, t, hall } = scene;
  const [first, second] = [await room.visitor("operator"), await room.visitor("second")];
  await second.signIn(server.stops.moderator[0].email, `${EVENT}/stage`);
  await second.look("stage-of-another", { dark: true });
  await second.press(t("stage-take"));
  await second.told(t("stage-taken"));
  await first.button(t("stage-take")).waitFor();
  await key(first, "n");
  await first.reads(t("refused-other-operates"));
  await first.look("stage-taken-over");
  await hall.agree("8/10");
  await first.goto(`${EVENT}/stage`);
  hall.all.unshift([second, "operator"]);
  await key(second, "n");
  await hall.agree("9/10");
  await notes(second, answer(9));
  await key(second, "n");
  await hall.agree("10/10");
  await notes(second, answer(10));
  await key(second, "n");
  await hall.agree("잠시 쉬겠습니다");
}

/// The eight, each answered by somebody in the hall; one of them by a second partner, after the one who wrote before.
async function asksBack(scene) {
  const { room, t, hall } = scene;
  const v = await room.visitor("second");
  for (let n = 1; n <= 8; n += 1) {
    await key(v, "n");
    await hall.agree(`${n}/8`);
    const partner = v.page.getByRole("combobox", { name: new RegExp(`^${t("stage-partner")}`) });
    if (n > 1) {
      await v.page.getByRole("searchbox").fill("은");
      await v.press(t("stage-find"));
    }
    const choices = await partner.getByRole("option").allInnerTexts();
    await partner.selectOption({ index: choices.findLastIndex((who) => !who.includes(scene.replied)) });
    if (n === 2) await v.look("stage-asks-back", { dark: true });
    await notes(v, `${n}. 파트너가 이렇게 답했습니다. 처음에는 어디에 물어야 하는지부터 알기 어려웠습니다.`);
  }
  await key(v, "n");
  await hall.idle();
  await hall.told(t("now-between"));
  for (const v of [hall.telephones[0], await room.visitor("backstage")]) {
    if (await v.page.locator(".now-next, .backstage-next").count()) room.problem(`${v.who} says what comes next, after the end`);
  }
  await hall.telephones[0].look("telephone-after", { dark: true });
  await (await room.visitor("backstage")).look("backstage-after");
}

export const stories = [
  ["ten are chosen, ordered and released", decides],
  ["eight are asked back, and a partner answers before the day", before.asksBack],
  ["the run of show: ten, a pause, eight", before.plans],
  ["a speaker is mailed, prepares, and hears of a change", before.prepares],
  ["hall, backstage and three telephones are open", before.opens],
  ["they follow by themselves: keys, applause, a hold", begins],
  ["a partner asks from the hall, and two vote", isAsked],
  ["one is not reached, and the one from the hall is taken", goesOn],
  ["the hall and a telephone lose their connection", loses],
  ["the server is killed and comes back", dies],
  ["a second operator takes over", changes],
  ["eight are answered by partners in the hall", asksBack],
  ["afterwards everything is there", afterwards],
];
