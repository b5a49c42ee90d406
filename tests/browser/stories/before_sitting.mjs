// Before the sitting: the eight questions back, the run of show, who answers on stage, and a hall full of screens.

import { Hall } from "../lib/hall.mjs";
import { pattern } from "../lib/texts.mjs";
import { either, openMail, pressInMail } from "./partner.mjs";
import { EVENT } from "./triage.mjs";

const EIGHT = 8;
const DRAFT = "먼저 기준을 말씀드리고, 바뀌는 날짜를 말씀드리겠습니다.";

/// Eight are picked from what crew proposed; one goes to two partners, and one of them answers by mail before the day.
export async function asksBack(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/reverse`);
  for (let n = 1; n <= EIGHT; n += 1) {
    await v.press(t("reverse-pick"));
    await v.told(t("reverse:reverse-picked"));
  }
  await v.follow(v.page.getByRole("link", { name: new RegExp(`^${t("reverse-choose")}`) }).first());
  const partners = v.page.getByRole("checkbox");
  await partners.nth(0).check();
  await partners.nth(1).check();
  await v.press(t("reverse-send"));
  await v.told(t("reverse:reverse-sent", { n: 2 }));

  const partner = await room.visitor("asked");
  await openMail(partner, either("reverse-mail-subject", ["event"]));
  scene.replied = (await partner.page.locator("dl.facts dd").nth(1).innerText()).split("<")[0].trim();
  await partner.box(t("dev:field-text")).fill("저희는 발주를 가장 먼저 바꿀 것 같습니다. 재고를 줄이면 보관비도 함께 줄어듭니다.");
  await partner.press(t("dev-send"));
  await partner.told(t("dev-replied"));
}

/// Ten, a pause, eight.
export async function plans(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("operator");
  await v.signIn(server.stops["stage-operator"][0].email, `${EVENT}/run`);
  await v.press(t("run-fill"));
  await v.told(t("run-saved"));
  const items = v.page.locator("[data-sort-item]");
  if (await items.count() !== 10 + EIGHT) room.problem(`the run has ${await items.count()} lines, not ten and eight`);
  await v.page.getByRole("textbox", { name: new RegExp(`^${t("run-new-pause")}`) }).fill("잠시 쉬겠습니다");
  await v.press(t("run-add-pause"));
  await v.told(t("run-saved"));
  // From the end to between the ten and the eight, by the keyboard alone.
  for (let n = 0; n < EIGHT; n += 1) {
    const up = v.page.getByRole("button", { name: new RegExp(`^${t("run-up")} \\(잠시 쉬겠습니다`) });
    await up.focus();
    await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("Enter")]);
  }
  if (await items.nth(10).getByRole("textbox", { name: t("run-pause-title") }).count() !== 1) room.problem("the pause is not the eleventh line");
  await items.first().getByRole("textbox", { name: new RegExp(`^${t("run-note")}`) }).fill("날짜를 꼭 말씀해 주세요.");
  await v.press(t("save"));
  await v.told(t("run-saved"));
  await v.look("run-of-nineteen", { dark: true });
}

const tells = (t) => pattern(t, "speakers-tell", ["n"]);

/// Who answers gets a mail, prepares, and hears that the order has changed.
export async function prepares(scene) {
  const { room, t } = scene;
  const staff = await room.visitor("moderator");
  await staff.goto(`${EVENT}/run/speakers`);
  await staff.look("speakers-before", { dark: true });
  await staff.follow(staff.page.getByRole("button", { name: tells(t) }));
  await staff.look("speakers-told");

  // Whoever answers the first: the one with the word to who answers the first line.
  const v = await room.visitor("speaker");
  const subject = either("speaker-mail-subject-first", ["event"]);
  await v.goto("/dev/mailbox");
  await v.reloadUntil(() => v.page.getByRole("link", { name: subject }).nth(2));
  const mails = await v.page.getByRole("link", { name: subject }).evaluateAll((links) => links.map((link) => link.href));
  for (const mail of mails) {
    await v.goto(mail);
    if (await v.page.frameLocator("iframe").getByText(/^1\. /).count()) break;
  }
  await v.look("speaker-mail", { glance: true });
  await v.lookAtMail("speaker-as-mailed");
  await pressInMail(v, either("speaker-mail-action"));
  await v.inOwnLanguage();
  await v.reads("날짜를 꼭 말씀해 주세요.");
  const first = v.page.locator("main section").first();
  scene.prepared = (await first.locator("blockquote").innerText()).replace(/\s+/g, " ").trim();
  await first.getByRole("textbox").fill(DRAFT);
  await v.told(t("stage-typed-saved"));
  await v.look("speaker-page", { dark: true });
  await v.follow(first.getByRole("button", { name: t("save") }));
  await v.told(t("speaker-saved"));

  // The first becomes the second: whom it concerns is told, and nobody else.
  const operator = await room.visitor("operator");
  await operator.goto(`${EVENT}/run`);
  await operator.follow(operator.page.locator("[data-sort-item]").nth(1).getByRole("button", { name: new RegExp(`^${t("run-up")}`) }));
  await operator.told(t("run-saved"));
  await staff.goto(`${EVENT}/run/speakers`);
  await staff.reads(t("speakers-changed"));
  await staff.look("speakers-changed");
  await staff.follow(staff.page.getByRole("button", { name: tells(t) }));
  await openMail(v, either("speaker-mail-subject-changed", ["event"]));
  await v.lookAtMail("speaker-changed-as-mailed");
}

/// The link of a partner of this event, as staff hand it over.
async function ownLink(scene) {
  const staff = await scene.room.visitor("moderator");
  await staff.goto(`${EVENT}/roster`);
  await staff.follow(staff.page.getByRole("rowheader").getByRole("link").first());
  return staff.page.locator("input[readonly]").first().inputValue();
}

/// The hall's computer, one behind the stage, and three telephones, of which one came by its owner's own link.
export async function opens(scene) {
  const { room, server, t } = scene;
  const operator = await room.visitor("operator");
  await operator.goto(`${EVENT}/telephones`);
  await operator.press(t("telephones-open-asks"));
  const now = new URL(await operator.page.locator("main a[href*='/now/']").first().getAttribute("href")).pathname;
  const account = server.stops["stage-operator"][0].email;
  const [screen, backstage] = [await room.visitor("screen"), await room.visitor("backstage")];
  await screen.signIn(account, "/hall/talk");
  await backstage.signIn(account, "/hall/talk/backstage");
  const telephones = [];
  for (const n of [1, 2, 3]) {
    const phone = await room.visitor(`telephone-${n}`);
    await phone.page.setViewportSize({ width: 390, height: 760 });
    if (n === 3) {
      await phone.goto(await ownLink(scene));
      await phone.press(t("my-enter-button"));
    }
    await phone.goto(now);
    await phone.inOwnLanguage();
    await phone.reads(t("now-waiting"));
    telephones.push(phone);
  }
  await screen.look("screen-before", { dark: true });
  await telephones[0].look("telephone-before", { dark: true });
  await operator.goto(`${EVENT}/stage`);
  await operator.look("stage-before");
  scene.now = now;
  scene.hall = new Hall(room, [operator], [screen], [backstage], telephones);
}
