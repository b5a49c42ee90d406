// The shortlist by keyboard alone: a reserve moves up, is taken back, the freeze, the sheet. No click in this file.

import { EVENT } from "./triage.mjs";

const pressed = async (v, key) => Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press(key)]);
const focusRow = (v, row) => row.getByRole("link").first().focus();

/// After three were picked: the proposal fills the rest, the last goes to the reserves and comes back.
async function proposes(scene) {
  const { server, room, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email, `${EVENT}/shortlist`);
  await v.goto(`${EVENT}/shortlist`);
  await pressed(v, "p");
  await v.button(t("propose-all")).waitFor();
  await v.look("proposal", { dark: true });
  await pressed(v, "a");
  await v.role("heading", t("nav-shortlist"), { level: 1 }).waitFor();
  await v.look("shortlist-filled", { dark: true });
}

async function reserves(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  const rows = v.page.locator("tr[data-drag-id]");
  const before = await rows.first().getAttribute("data-drag-id");
  await focusRow(v, rows.first());
  await pressed(v, "r");
  await v.told(t("shortlist-reserved"));
  const reserve = v.page.locator("#r1");
  if ((await reserve.getAttribute("data-drag-id")) !== before) room.problem("r did not make a reserve of it");
  await v.look("shortlist-reserve", { dark: true });
  // Another one leaves the stage: the reserve moves up by itself, and the list says so.
  await focusRow(v, v.page.locator("tr[id^=p][data-drag-id]").first());
  await pressed(v, "u");
  await v.told(t("shortlist-dropped"));
  await v.page.getByText(t("moved-up-from", { n: 1 })).first().waitFor();
  await v.look("shortlist-moved-up");
}

async function freezes(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.button(t("freeze-now")).focus();
  await pressed(v, "Enter");
  await v.told(t("freeze-done"));
  await focusRow(v, v.page.locator("tr[id^=p][data-drag-id]").nth(1));
  await pressed(v, "[");
  await v.told(t("shortlist-moved"));
  await v.page.getByText(t("after-freeze")).first().waitFor();
  await v.link(t("sheet-link")).focus();
  await pressed(v, "Enter");
  await v.look("sheet", { dark: true });
}

export const stories = [
  ["a proposal is looked at and taken by p and a", proposes],
  ["a reserve is made by r and moves up by itself", reserves],
  ["the list is frozen, changed and printed", freezes],
];
