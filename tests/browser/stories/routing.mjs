// Routing and release by keyboard alone: a preview, mails held back as drafts, and the record of it. No click in this file.

import { enter, tabTo } from "./keyboard.mjs";
import { EVENT } from "./triage.mjs";

export async function routesByKeys(scene) {
  const { server, room, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email, `${EVENT}/routing`);
  await v.goto(`${EVENT}/routing`);
  await v.role("heading", t("routing-title"), { level: 1 }).waitFor();
  await v.look("routing-by-keys");
  // "a" routes all that remains.
  await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("a")]);
  await v.page.getByText(t("routing-no-rest")).first().waitFor();
  // "v" opens the preview of every mail, "b" leads back.
  await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("v")]);
  await v.role("heading", t("preview-title"), { level: 1 }).waitFor();
  await v.look("preview-by-keys");
  await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("b")]);
  await tabTo(v, v.page.getByRole("radio", { checked: true }).first());
  await v.page.keyboard.press("ArrowDown");
  await v.page.keyboard.press("ArrowDown");
  if (!(await v.page.getByRole("radio", { name: t("release-when-hand") }).isChecked())) room.problem("the arrows do not choose");
  const all = v.page.locator("button[name=what][value=all]");
  await tabTo(v, all);
  await enter(v);
  await tabTo(v, v.page.locator("a[href*='/routing/releases/']").first(), 400);
  await enter(v);
  await v.role("heading", t("release-record"), { level: 1 }).waitFor();
  await v.look("release-by-keys");
  for (const page of ["templates", "templates/declined/ko", "routing/rules", "reasons", "selection"]) {
    await v.goto(`${EVENT}/${page}`);
    await v.look(page.replaceAll("/", "-"));
  }
}

/// What partners read about the selection.
export async function selectionIsExplained(scene) {
  const { server, room, t } = scene;
  const v = await room.visitor("partner");
  await v.goto(server.stops.partner[0].path);
  await tabTo(v, v.button(t("my-enter-button")));
  await enter(v);
  await v.goto("/my/selection");
  await v.role("heading", t("my-selection-title"), { level: 1 }).waitFor();
  await v.look("selection", { dark: true });
}

export const stories = [
  ["a moderator routes, previews and releases by keyboard", routesByKeys],
  ["a partner reads how questions are chosen", selectionIsExplained],
];
