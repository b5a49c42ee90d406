// What happens to mail besides the answers: who is reminded, what is held, what comes back, what needs no review.

import { bring, envelope, reply, report } from "../lib/smtp.mjs";
import { enter, tabTo } from "./keyboard.mjs";
import { openMail } from "./partner.mjs";
import { EVENT, openQuestion } from "./triage.mjs";

const HELD = 15, RULED = 18, FILED = 20, LOST = 22;
const assigned = (number) => new RegExp(`질문 ${number}번에 답변을`);
const ANSWER = "안녕하세요, 담당 크루입니다.\n\n다음 달부터 한 파일로 내려받으실 수 있습니다. 기간 제한도 함께 없앱니다.\n\n고맙습니다.";

async function moderator(scene) {
  const v = await scene.room.visitor("moderator");
  await v.signIn(scene.server.stops.moderator[0].email);
  return v;
}

/// The mail that asks this question's crew stands open, in a browser of its reader.
async function asked(scene, number) {
  const v = await scene.room.visitor(`crew-${number}`);
  await openMail(v, assigned(number));
  return { v, mail: await envelope(v) };
}

/// When crews are reminded is refused at its fields, and the board says who keeps whom waiting.
async function reminders(scene) {
  const { room, t } = scene;
  const v = await moderator(scene);
  for (const number of [HELD, RULED, FILED, LOST]) {
    await openQuestion(v, number);
    await v.press(t("do-route-long"));
  }
  await v.goto(`${EVENT}/routing`);
  await v.follow(v.page.locator("button[name=what][value=all]"));
  await v.told(t("triage-released-n", { n: 4 }));
  await v.goto(`${EVENT}/crews`);
  await v.role("heading", t("crews-title"), { level: 1 }).waitFor();
  await v.look("crews", { dark: true });
  await v.open(t("remind-title"));
  await v.look("reminders", { dark: true });
  const field = (key) => v.page.getByLabel(t(key), { exact: true });
  await field("remind-before").fill("99");
  await field("remind-from").fill("20");
  await field("remind-to").fill("9");
  await v.press(t("remind-save"));
  await v.page.getByRole("alert").waitFor();
  if ((await field("remind-before").inputValue()) !== "99") room.problem("the days that were typed are lost");
  await v.look("reminders-refused", { dark: true });
  await field("remind-before").fill("2");
  await field("remind-from").fill("10");
  await field("remind-to").fill("17");
  await v.press(t("remind-save"));
  await v.told(t("remind-saved"));
}

/// Whether our mail can be believed, a test mail to oneself, and whether the clock is right.
async function checks(scene) {
  const { room, t } = scene;
  const v = await moderator(scene);
  await v.goto("/desk/outbox");
  await v.look("outbox", { dark: true });
  await v.open(t("mailcheck-title"));
  await v.look("mail-check", { dark: true });
  await v.press(t("mailcheck-test"));
  await v.told(t("mailcheck-test-sent"));
  const mailbox = await room.visitor("mailbox");
  await openMail(mailbox, new RegExp(t("mailcheck-test-subject")));
  await v.goto("/desk/clock");
  await v.reads(t("clock-fine"));
  await v.look("clock");
}

/// A right token from another address waits; one press says whose it is, and the next one from there is an answer.
async function held(scene) {
  const { room, server, t } = scene;
  const { mail } = await asked(scene, HELD);
  const other = "seoyeon.home@else.example";
  await bring(server.smtp, other, mail.reply, reply(mail, `서연 <${other}>`, ANSWER));
  const v = await moderator(scene);
  await v.goto("/desk/quarantine");
  const row = () => v.page.getByRole("row").filter({ hasText: other });
  await v.reloadUntil(row);
  await v.look("held", { dark: true });
  await v.follow(row().getByRole("link").first());
  await v.reads("한 파일로 내려받으실 수 있습니다");
  await v.look("held-one", { dark: true });
  const press = v.page.locator("form[action$='/confirm'] button");
  await tabTo(v, press);
  await enter(v);
  await v.told(t("mail-confirmed"));
  await v.look("held-confirmed", { glance: true });
  await bring(server.smtp, other, mail.reply, reply(mail, `서연 <${other}>`, `${ANSWER}\n\n덧붙이면, 올해 안에 열립니다.`));
  await v.goto(`${EVENT}/answers`);
  await v.reloadUntil(() => v.page.getByRole("row").filter({ hasText: t("label-question", { number: HELD }) }).nth(1));
  await v.goto("/desk/quarantine");
  if (await row().count()) room.problem("the address that was confirmed is held again");
}

/// Of a service that needs no review a clear answer is delivered at once; one with a file is looked at.
async function byRule(scene) {
  const { room, server, t } = scene;
  const v = await moderator(scene);
  await v.goto(`${EVENT}/answers/rules`);
  for (const box of await v.page.locator("input[name=auto]").all()) await box.check();
  await v.press(t("save"));
  await v.told(t("saved"));
  await v.look("rules-without-review", { dark: true });
  const clear = await asked(scene, RULED);
  await clear.v.box(t("dev:field-text")).fill(ANSWER);
  await clear.v.press(t("dev-send"));
  await clear.v.told(t("dev-replied"));
  const filed = await asked(scene, FILED);
  await bring(server.smtp, filed.mail.to, filed.mail.reply, reply(filed.mail, filed.mail.to, ANSWER, "price.csv"));
  const row = (number) => v.page.getByRole("row").filter({ hasText: t("label-question", { number }) });
  await v.goto(`${EVENT}/answers?state=approved`);
  await v.reloadUntil(() => row(RULED));
  await v.look("answers-by-rule", { dark: true });
  if (await row(FILED).count()) room.problem("an answer with a file was not looked at");
  await v.follow(row(RULED).getByRole("link").first());
  await v.reads(t("review-by-rule"));
  await v.look("review-by-rule", { dark: true });
  await v.goto(`${EVENT}/answers`);
  await v.reloadUntil(() => row(FILED));
  if (await row(RULED).count()) room.problem("what was approved by rule waits for review");
}

/// A mail comes back: it stands on the home page and in the list, and a corrected address sends it again.
async function returned(scene) {
  const { room, server, t } = scene;
  const { mail } = await asked(scene, LOST);
  await bring(server.smtp, "", mail.reply, report(mail));
  const v = await moderator(scene);
  await v.goto("/desk/addresses");
  const row = () => v.page.getByRole("row").filter({ hasText: mail.to });
  await v.reloadUntil(row);
  await v.look("addresses", { dark: true });
  await v.goto("/desk");
  await v.follow(v.page.locator("main a[href='/desk/addresses']").first());
  await v.follow(row().getByRole("link").first());
  await v.page.locator("#returned-title").waitFor();
  await v.look("outgoing-returned", { dark: true });
  const box = v.page.getByLabel(t("web:field-email"), { exact: true });
  await box.fill("서연 at else");
  await v.press(t("returned-send"));
  await v.page.getByRole("alert").waitFor();
  if ((await box.inputValue()) !== "서연 at else") room.problem("the address that was typed is lost");
  await v.look("outgoing-refused", { dark: true });
  await box.fill("right.address@else.example");
  await v.press(t("returned-send"));
  await v.told(t("returned-again"));
  const again = await room.visitor("mailbox");
  await openMail(again, assigned(LOST), { to: "right.address@else.example" });
  await v.goto("/desk/quarantine?state=noted");
  await v.look("noted", { dark: true });
  await v.follow(v.page.getByRole("row").filter({ hasText: /MAILER-DAEMON/i }).getByRole("link").first());
  await v.look("noted-one", { dark: true });
}

export const stories = [
  ["crews are reminded when an event says so, and the board shows them", reminders],
  ["the mail is checked, and the clock", checks],
  ["a reply from another address is held, and confirmed with one press", held],
  ["an answer that needs no review", byRule],
  ["a mail comes back, and goes to a corrected address", returned],
];
