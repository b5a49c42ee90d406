// The board: by keyboard alone, and by two moderators in two windows.

import { EVENT } from "./triage.mjs";

const BOARD = `${EVENT}/triage`;
const pressed = (v, key) => Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(key)]);
const focused = (v) => v.page.getByRole("row").filter({ has: v.page.locator(":focus") });
const numberOf = async (row) => (await row.getByRole("rowheader").innerText()).trim();

/// Keys from the search to the undo, with the sheet of all of them.
async function byKeys(scene) {
  const { server, room, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email, BOARD);
  await v.look("board", { dark: true });
  await v.page.keyboard.press("?");
  await v.page.getByRole("dialog", { name: t("web:keys-title") }).waitFor();
  await v.reads(t("key-open"));
  await v.look("board-keys", { glance: true });
  await v.page.keyboard.press("Escape");

  await v.page.keyboard.press("/");
  await v.page.keyboard.type("정산");
  await pressed(v, "Enter");
  if (!(await v.page.locator("[data-row]").count())) room.problem("정산 finds nothing");
  await v.look("board-search", { glance: true });

  await v.page.keyboard.press("j");
  const reserve = await numberOf(focused(v));
  await pressed(v, "r");
  await v.told(t("triage-reserved", { n: reserve }));
  await pressed(v, "u");
  await v.told(t("undo-done", { n: reserve }));

  await v.page.keyboard.press("j");
  const scored = await numberOf(focused(v));
  await pressed(v, "4");
  await v.told(t("reading-scored", { n: scored }));
  if (!v.page.url().includes("/triage")) room.problem("a score given on the board leads away from it");

  await v.page.keyboard.press("j");
  await v.page.keyboard.press("x");
  await v.page.keyboard.press("t");
  await v.page.keyboard.type("무대 후보");
  await v.press(t("tag-put"));
  await v.told(t("board-tagged-n", { n: 1 }));
  await v.goto(`${BOARD}?state=all&tag=${encodeURIComponent("무대 후보")}`);
  if ((await v.page.locator("[data-row]").count()) !== 1) room.problem("the tag does not filter to one");
  await v.look("board-tagged", { dark: true });
  await v.page.keyboard.press("j");
  await pressed(v, "Enter");
  await v.look("question-with-tag", { glance: true });
  await v.goto(BOARD);
}

/// One decides, the other sees it, and who is too late reads who was first.
async function together(scene) {
  const { server, room, t } = scene;
  const one = await room.visitor("moderator");
  const two = await room.visitor("second moderator");
  await one.goto(BOARD);
  const first = one.page.locator("[data-row]").first();
  const number = await numberOf(first);
  const address = await first.getByRole("link").first().getAttribute("href");
  await two.signIn(server.stops.administrator[0].email, BOARD);

  // Who reads a question is seen on the other's board, without a reload.
  await one.goto(address);
  await two.page.locator(`#q${number} .here`).waitFor();
  await two.look("board-together", { glance: true });

  // The one decides on the board's row; the other's row changes where it stands.
  await one.goto(BOARD);
  const live = one.page.locator(`#q${number}`).getByRole("button", { name: t("do-with-number", { what: t("do-live"), n: number }) });
  const late = two.page.locator(`#q${number} [data-key="l"]`);
  const value = await late.getAttribute("value");
  await one.follow(live);
  await two.page.locator(`#q${number}[data-gone]`).waitFor();
  await two.reads(t("board-gone"));
  // Its button still says what its page has seen: the decision is refused, with who was first.
  if ((await late.getAttribute("value")) !== value) room.problem("the row forgot what it has seen");
  await Promise.all([two.page.waitForEvent("load"), late.click()]);
  await two.page.getByRole("alert").getByText("양서린").waitFor();
  await two.look("board-too-late");
  await pressed(one, "u");
}

export const stories = [
  ["a moderator works the board by keys", byKeys],
  ["two moderators in two windows see each other and overwrite nothing", together],
];
