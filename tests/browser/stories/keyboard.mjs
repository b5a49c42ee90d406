// By keyboard alone: no click in this file.

import { EVENT } from "./triage.mjs";

/// Tabs until the element with this role and name has the focus.
export async function tabTo(v, target, most = 150) {
  await target.waitFor();
  for (let n = 0; n < most; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const ring = await target.evaluate((element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
      });
      if (!ring) v.room.problem(`no focus is seen at ${target}`);
      return;
    }
    await v.page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${target}`);
}

export async function enter(v) {
  await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("Enter")]);
}

async function signsIn(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`/sign-in?next=${EVENT}/triage`);
  await v.page.keyboard.press("Tab");
  const skip = v.link(t("skip"));
  if (!(await skip.evaluate((element) => element === document.activeElement))) room.problem("the first Tab is not the way past the head");
  await tabTo(v, v.box(t("web:field-email")));
  await v.page.keyboard.type(server.stops.moderator[0].email);
  await v.page.keyboard.press("Tab");
  await v.page.keyboard.type(server.password);
  await enter(v);
  await v.role("heading", t("nav-triage"), { level: 1 }).waitFor();
}

async function triages(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  for (let n = 0; n < 3; n += 1) {
    await v.page.keyboard.press("j");
    await v.page.keyboard.press("j");
    const row = v.page.getByRole("row").filter({ has: v.page.locator(":focus") });
    const number = (await row.getByRole("rowheader").innerText()).trim();
    await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("l")]);
    await v.told(t("triage-live", { n: number }));
  }
  await v.page.keyboard.press("j");
  await v.page.keyboard.press("x");
  await v.reads(t("selected").replace("{n}", "1"));
  await v.look("triage-by-keys", { glance: true });
  await v.page.keyboard.press("?");
  await v.page.getByRole("dialog", { name: t("keys-title") }).waitFor();
  await v.look("triage-keys");
  await v.page.keyboard.press("Escape");
  await v.page.keyboard.press("/");
  await v.page.keyboard.type("정산");
  await enter(v);
  if (!v.page.url().includes("q=")) room.problem("the search by / did not search");
}

async function orders(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.page.keyboard.press("s");
  await v.role("heading", t("nav-shortlist"), { level: 1 }).waitFor();
  const numbers = async () => (await v.page.getByRole("row").getByRole("link").allInnerTexts()).map((text) => text.slice(0, 12));
  const before = await numbers();
  await v.page.keyboard.press("j");
  await v.page.keyboard.press("j");
  await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("[")]);
  await v.told(t("shortlist-moved"));
  const after = await numbers();
  if (after[0] !== before[1] || after[1] !== before[0]) room.problem(`[ did not move the second up: ${before} / ${after}`);
  await v.look("shortlist-by-keys");
}

/// From the board to the question, decided and undone; a score in the queue; and on to the shortlist.
async function goesRound(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  const pressed = (key) => Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(key)]);
  await v.goto(`${EVENT}/triage`);
  await v.page.keyboard.press("j");
  await v.page.keyboard.press("j");
  await pressed("Enter");
  const title = await v.page.getByRole("heading", { level: 1 }).innerText();
  const number = /\d+/.exec(title)[0];
  await v.page.keyboard.press("?");
  await v.page.getByRole("dialog", { name: t("keys-title") }).waitFor();
  await v.look("question-keys");
  await v.page.keyboard.press("Escape");
  await pressed("c");
  await v.told(t("triage-routed", { n: number }));
  await v.look("question-by-keys");
  await pressed("u");
  await v.told(t("triage-undone", { n: number }));
  await pressed("b");
  await v.role("heading", t("nav-triage"), { level: 1 }).waitFor();
  await tabTo(v, v.link(t("nav-read")), 60);
  await enter(v);
  await v.role("heading", t("read-title"), { level: 1 }).waitFor();
  await pressed("3");
  await v.page.getByRole("status").first().waitFor();
  await v.look("reading-by-keys");
  await pressed("0");
  await pressed("n");
  await tabTo(v, v.link(t("nav-shortlist")), 60);
  await enter(v);
  await v.role("heading", t("nav-shortlist"), { level: 1 }).waitFor();
  if (!(await v.page.locator("tr[data-row]").count())) room.problem("the shortlist is empty");
}

async function asks(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("partner");
  await v.goto(server.stops.partner[0].path);
  await tabTo(v, v.button(t("my-enter-button")));
  await enter(v);
  await tabTo(v, v.link(t("my-ask-button")));
  await enter(v);
  await tabTo(v, v.box(t("field-question")));
  await v.page.keyboard.type("휴대전화 없이 자판만으로도 질문을 보낼 수 있는지 궁금합니다.");
  await tabTo(v, v.page.getByRole("combobox", { name: t("my-choice-service") }));
  await v.page.keyboard.press("ArrowDown");
  // Tab enters a group at what is chosen; the arrows choose.
  await tabTo(v, v.page.getByRole("radio", { checked: true }).first());
  await v.page.keyboard.press("ArrowUp");
  await v.page.keyboard.press("ArrowUp");
  if (!(await v.page.getByRole("radio", { name: t("my-prefers-stage") }).isChecked())) room.problem("the arrows do not choose");
  await tabTo(v, v.page.getByRole("checkbox", { name: t("consent-required-title") }));
  await v.page.keyboard.press("Space");
  await tabTo(v, v.button(t("my-send")));
  await v.look("ask-by-keys");
  await enter(v);
  await v.told(t("my-sent"));
}

export const stories = [
  ["a moderator signs in by keyboard", signsIn],
  ["and picks by j, l and x", triages],
  ["and orders the shortlist by [", orders],
  ["and goes from the board to a question, to the queue and back to the list", goesRound],
  ["a partner asks by Tab, Enter and typing", asks],
];
