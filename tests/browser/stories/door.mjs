// Places that are few, the programme, the code, and the door with two phones that have no connection.

import { pattern, texts } from "../lib/texts.mjs";
import { EVENT } from "./triage.mjs";

/// The second sitting of the talk has few places, and somebody waits.
async function sitting(v) {
  await v.goto(`${EVENT}/programme`);
  const link = v.page.getByRole("link", { name: new RegExp(v.t("seats-title")) }).last();
  return /sittings\/(\w+)\/seats/.exec(await link.getAttribute("href"))[1];
}

async function moderator(scene) {
  const v = await scene.room.visitor("moderator");
  await v.signIn(scene.server.stops.moderator[0].email);
  return v;
}

/// The list with ranks; a place is given by hand.
export async function lines(scene) {
  const { t } = scene;
  const v = await moderator(scene);
  const id = await sitting(v);
  await v.look("programme-with-places");
  await v.goto(`${EVENT}/programme/sittings/${id}/seats`);
  await v.look("seats", { dark: true });
  await v.page.getByRole("spinbutton").first().fill("1");
  await v.page.getByRole("button", { name: new RegExp(`^${t("save")}`) }).first().click();
  await v.page.getByRole("alert").waitFor();
  await v.look("seats-refused");
  await v.goto(`${EVENT}/programme/sittings/${id}/seats`);
  const waiting = v.page.getByRole("button", { name: new RegExp(t("seats-give")) });
  const before = await waiting.count();
  await v.follow(waiting.last());
  if (await waiting.count() !== before - 1) scene.room.problem("nobody moved up");
  await v.goto(`${EVENT}/programme/sittings/${id}`);
  await v.look("sitting-with-places");
}

/// A partner who comes: programme, calendar, and the code that opens without a connection.
export async function programme(scene) {
  const { room, t } = scene;
  const staff = await moderator(scene);
  const id = await sitting(staff);
  await staff.goto(`${EVENT}/door?sitting=${id}`);
  const who = await staff.page.locator("[data-who]").first().getAttribute("data-who");
  await staff.goto(`${EVENT}/roster/${who}`);
  const link = await staff.page.locator("input[readonly]").first().inputValue();
  const v = await room.visitor("partner");
  await v.goto(link);
  await v.inOwnLanguage();
  await v.press(t("my-enter-button"));
  await v.open(t("my-nav-programme"));
  await v.look("my-programme", { dark: true });
  const file = await v.page.request.get("/my/programme.ics");
  const text = await file.text();
  if (!text.startsWith("BEGIN:VCALENDAR\r\n") || !text.includes("BEGIN:VEVENT")) room.problem(`no calendar: ${text.slice(0, 200)}`);
  const address = await v.page.locator("#address").inputValue();
  if (!(await (await fetch(address)).text()).includes("END:VCALENDAR")) room.problem("no calendar without a session");
  await v.open(t("my-entry-title"));
  await v.look("my-entry", { dark: true });
  if (!room.script) return;
  await v.reads(t("my-entry-kept"));
  const letters = await v.page.locator(".entry-letters").first().innerText();
  await v.context.setOffline(true);
  await v.page.reload();
  if (await v.page.locator(".entry-letters").first().innerText() !== letters) room.problem("the code does not open without a connection");
  await v.context.setOffline(false);
}

/// Two phones, each with the list, lose their connection; what both mark is there once, and nothing is lost.
export async function phones(scene) {
  const { room, server, t } = scene;
  const one = await moderator(scene);
  const id = await sitting(one);
  const path = `${EVENT}/door?sitting=${id}`;
  const two = await room.visitor("second");
  await two.signIn(server.stops.moderator[0].email);
  for (const v of [one, two]) {
    await v.goto(path);
    if (room.script) await v.page.locator("[data-kept-status]:not(:empty)").waitFor();
  }
  await one.look("door", { dark: true });
  const row = (v, n) => v.page.locator("[data-who]").nth(n);
  const tick = (v, n) => row(v, n).getByRole("button").click();
  const came = async (v) => Number((await v.page.locator("[data-door-n]").innerText()).replace(/\D/g, ""));
  const begun = await came(one);

  await one.context.setOffline(true);
  await two.context.setOffline(true);
  for (const n of [0, 1, 2, 3, 4, 5]) await tick(one, n);
  for (const n of [4, 5, 6, 7, 8]) await tick(two, n);
  // By name, and by the keys alone.
  const name = await row(one, 9).locator("strong").innerText();
  await one.page.getByRole("searchbox").fill(name);
  await one.page.locator("[data-who]:visible").first().getByRole("button").focus();
  await one.page.keyboard.press("Enter");
  await one.page.getByRole("searchbox").fill("");
  // A slip on the one is taken back; somebody is on no list.
  await tick(one, 0);
  await one.page.locator("#name").fill("지나가던 사람");
  await one.page.locator("#company").fill("새 회사");
  await one.page.getByRole("button", { name: t("door-walk-in-do") }).click();
  await one.look("door-offline", { dark: true });
  // The tab is closed and opened again, still without a connection.
  await one.page.close();
  one.page = await one.context.newPage();
  await one.goto(path);
  await one.reads("지나가던 사람");
  if (await came(one) !== begun + 6) room.problem(`kept ${await came(one)}, not ${begun + 6}`);
  if (await row(one, 5).getAttribute("data-came") !== "true") room.problem("a mark is lost with its tab");
  // Signing out would delete what was never sent.
  await one.page.getByRole("button", { name: t("sign-out") }).click();
  await one.page.getByRole("status").filter({ hasText: t("door-stay").replace(/^.*\}/, "").trim().slice(-12) }).waitFor();

  await two.context.setOffline(false);
  await one.context.setOffline(false);
  const all = async () => {
    const answer = await one.page.request.get(`${EVENT}/door/state?sitting=${id}`);
    const said = await answer.json();
    return [Object.values(said.came).filter(Boolean).length, said.guests];
  };
  for (let n = 0; ; n += 1) {
    const [people, guests] = await all();
    if (people === begun + 9 && guests === 1) break;
    if (n > 100) { room.problem(`${people} people and ${guests} notes arrived, not ${begun + 9} and 1`); break; }
    await one.page.waitForTimeout(200);
  }
  await one.page.reload();
  await two.page.reload();
  for (const v of [one, two]) if (await came(v) !== begun + 9) room.problem(`${v.who} shows ${await came(v)}, not ${begun + 9}`);
  await one.look("door-sent");
  // Who the note was.
  await one.follow(one.page.getByRole("link", { name: new RegExp(t("door-match")) }).first());
  await one.look("door-match");
  await one.goto(`${EVENT}/thanks`);
  await one.look("thanks", { dark: true });
  await one.follow(one.page.getByRole("button").filter({ hasText: new RegExp(pattern(texts(room.lang), "thanks-draft", ["n"]).source) }));
  await one.look("thanks-drafted");
  await one.goto(path);
  // Everything that was kept is gone with the session.
  await one.press(t("sign-out"));
  const left = await one.page.evaluate(async () => [Object.keys(localStorage).length, (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]);
  if (left.some((n) => n > 0)) room.problem(`after signing out there is still ${left}`);
}

/// The same by forms, where no script runs.
export async function forms(scene) {
  const { t } = scene;
  const v = await moderator(scene);
  const id = await sitting(v);
  await v.goto(`${EVENT}/door?sitting=${id}`);
  const first = v.page.locator("[data-who]").first();
  await v.follow(first.getByRole("button"));
  await v.told(t("door-came-saved"));
  await v.look("door-ticked", { dark: true });
  await v.page.getByLabel(t("door-code"), { exact: true }).fill("abcd");
  await v.press(t("door-code-do"));
  await v.look("door-code-refused");
  await v.page.locator("#name").fill("지나가던 사람");
  await v.press(t("door-walk-in-do"));
  await v.told(t("door-walk-in-saved"));
  await v.page.getByRole("searchbox").fill("은");
  await v.press(t("door-search-all"));
  await v.look("door-found");
}

export const common = [
  ["few places: the line, a place by hand", lines],
  ["a partner's programme, calendar and code", programme],
];
export const stories = [...common, ["two phones at the door without a connection", phones]];
export const plain = [...common, ["the door by forms", forms]];
