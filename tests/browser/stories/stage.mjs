// The run of show, the operator, the hall's screen and the one backstage.

import { approve } from "./crew.mjs";
import { EVENT } from "./triage.mjs";

/// What a hall may have: a wide screen, an old projector, a screen that stands upright.
const SCREENS = [[1920, 1080], [1024, 768], [1080, 1920]];

export async function runs(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("stage");
  await v.signIn(server.stops["stage-operator"][0].email, `${EVENT}/stage`);
  await v.look("stage-before");
  await plans(scene, v);
  await v.goto(`${EVENT}/stage`);
  await rehearses(scene, v);
  const hall = await v.beside(v.link(t("stage-open-hall")));
  const backstage = await v.beside(v.link(t("stage-open-backstage")));
  await v.look("hall-idle", { page: hall });
  await v.press(t("stage-next"));
  await shows(room, hall, "1/10");
  await v.look("hall", { page: hall, dark: true });
  await v.look("stage", { dark: true });
  await holds(scene, v, hall, backstage);
  const phones = await telephones(scene, v);

  for (let n = 1; n <= 3; n += 1) {
    await v.box(t("stage-note")).fill(`무대에서 이렇게 답했습니다. ${n}월부터 바뀌며, 바뀌기 한 달 전에 미리 알려 드리겠습니다.`);
    if (room.script && n === 1) await v.told(t("stage-typed-saved"));
    await v.press(t("stage-note-save"));
    await v.told(t("stage-noted"));
    await v.press(t("stage-answered"));
    await v.press(t("stage-next"));
    await shows(room, hall, `${n + 1}/10`);
  }
  await v.look("stage-noted", { glance: true });
  await v.press(t("stage-back"));
  await shows(room, hall, "3/10");
  await v.look("stage-third", { glance: true });
  for (const [name, page] of [["hall", hall], ["backstage", backstage], ["now", phones[0].page]]) {
    await shows(room, page, /^(.* )?3\/10$/);
    await v.look(`${name}-third`, { page, glance: true });
  }
  await v.press(t("stage-next"));
  await v.press(t("stage-not-reached-button"));
  await v.look("stage-not-reached");
  for (const phone of phones) await shows(room, phone.page, "4/9");
  await hall.close();
  await backstage.close();

  const editor = await room.visitor("editor");
  await approve(scene, editor, t("source-stage"), 3);
}

/// A step, a note, a telephone; then all of it is deleted, and the stage is as before.
async function rehearses({ room, server, t }, v) {
  await v.press(t("rehearsal-begin"));
  await v.told(t("stage-rehearsal-begun"));
  const hall = await v.beside(v.link(t("stage-open-hall")));
  await hall.getByText(t("rehearsal"), { exact: true }).waitFor();
  await v.press(t("stage-next"));
  await shows(room, hall, "1/10");
  await v.look("hall-rehearsal", { page: hall });
  await v.box(t("stage-note")).fill("리허설에서 적은 기록입니다.");
  await v.press(t("stage-note-save"));
  await v.told(t("rehearsal-noted"));
  await v.look("stage-rehearsal", { dark: true });
  if (room.script) await notesTwice({ room, server, t }, v);
  await v.goto(`${EVENT}/telephones`);
  await v.look("telephones-rehearsal");
  const address = new URL(await v.page.locator("main a[href*='/now/']").first().getAttribute("href")).pathname;
  const phone = await room.visitor("telephone-rehearsal");
  await phone.goto(address);
  await phone.inOwnLanguage();
  await phone.page.getByText("1/10", { exact: true }).waitFor();
  await phone.look("now-rehearsal");
  await v.goto(`${EVENT}/stage`);
  await v.follow(v.link(t("rehearsal-end")));
  await v.look("rehearsal-end");
  await v.press(t("rehearsal-end-confirm"));
  await v.told(t("stage-rehearsal-ended"));
  if (!room.script) await hall.reload();
  await hall.getByText(t("rehearsal"), { exact: true }).waitFor({ state: "detached" });
  if (room.script) await phone.page.getByText(t("now-rehearsal-over")).waitFor();
  await phone.leave();
  await hall.close();
}

/// What another operator saves appears beside the note in which one stands, which stays as it is; going on from it is no conflict.
async function notesTwice({ room, server, t }, v) {
  const second = await room.visitor("second-operator");
  await second.signIn(server.stops.moderator[0].email, `${EVENT}/stage`);
  const theirs = "첫 번째 진행자가 이어 쓴 기록입니다.", mine = second.box(t("stage-note"));
  await mine.focus();
  const stood = await mine.inputValue();
  await v.box(t("stage-note")).fill(theirs);
  await v.told(t("stage-typed-saved"));
  await second.page.locator("[data-other-note]").getByText(theirs).waitFor();
  if (await mine.inputValue() !== stood) room.problem("the note changed under the hand");
  await second.look("stage-two-notes");
  const both = `${theirs} 두 번째 진행자가 덧붙였습니다.`;
  await mine.fill(both);
  await second.told(t("stage-typed-saved"));
  await v.page.locator("[data-other-note]").getByText(both).waitFor();
}

/// Filled, put in order, a pause between, and on paper.
async function plans({ room, t }, v) {
  await v.goto(`${EVENT}/run`);
  await v.look("run-empty");
  await v.press(t("run-fill"));
  await v.told(t("run-saved"));
  await field(v, t("run-new-pause")).fill("잠시 쉬겠습니다");
  await v.press(t("run-add-pause"));
  await v.told(t("run-saved"));
  const second = v.page.locator("[data-sort-item]").nth(1);
  const label = await second.locator("p[lang]").first().innerText();
  await v.follow(second.getByRole("button", { name: t("run-up") }));
  const first = await v.page.locator("[data-sort-item]").first().locator("p[lang]").first().innerText();
  if (first !== label) room.problem(`the second line did not move up: ${first}`);
  await v.page.locator("[data-sort-item]").first().getByLabel(t("run-minutes"), { exact: true }).fill("8");
  await v.press(t("save"));
  await v.told(t("run-saved"));
  await v.look("run", { dark: true });
  const [paper] = await Promise.all([v.page.waitForEvent("download"), v.link(t("run-print")).click()]);
  if (!paper.suggestedFilename().endsWith(".pdf")) room.problem(`no sheet: ${paper.suggestedFilename()}`);
}

/// Three telephones follow the stage by the hall's address; each one applauds, also twice.
async function telephones({ room, t }, v) {
  await v.goto(`${EVENT}/telephones`);
  await v.look("telephones-closed", { glance: true });
  await v.press(t("telephones-open-asks"));
  await v.look("telephones", { dark: true });
  const address = new URL(await v.page.locator("main a[href*='/now/']").first().getAttribute("href")).pathname;
  const phones = [];
  for (const n of [1, 2, 3]) {
    const phone = await room.visitor(`telephone-${n}`);
    await phone.goto(address);
    await phone.inOwnLanguage();
    await phone.page.getByText("1/10", { exact: true }).waitFor();
    phones.push(phone);
  }
  for (const phone of phones) {
    for (const _ of [1, 2]) await phone.page.locator("button[name=clap]").click();
    await phone.page.locator("button[name=clap][aria-pressed=true]").waitFor();
  }
  if (!room.script) await phones[0].page.reload();
  await phones[0].page.getByText(/3/).filter({ hasText: room.lang === "ko" ? "박수 3명" : "3 people applauded" }).first().waitFor();
  await phones[0].look("now", { dark: true });
  await v.goto(`${EVENT}/stage`);
  return phones;
}

/// A hold, a word backstage, a press that is taken back; and the screen in every shape.
async function holds({ room, t }, v, hall, backstage) {
  await v.press(t("stage-hold"));
  if (!room.script) await hall.reload();
  await hall.locator(".hall-idle").waitFor();
  await v.look("stage-held", { glance: true });
  await v.press(t("stage-resume"));
  await field(v, t("stage-message-text")).fill("2분 남았습니다");
  await v.press(t("stage-message-send"));
  await shows(room, backstage, "2분 남았습니다");
  await v.look("backstage", { page: backstage });
  await v.press(t("stage-next"));
  await shows(room, hall, "2/10");
  await v.press(t("stage-undo", { what: t("stage-act-shown") }));
  await v.told(t("stage-undone"));
  await shows(room, hall, "1/10");
  if (room.width < 1280) return;
  const usual = hall.viewportSize();
  for (const [width, height] of SCREENS) {
    await hall.setViewportSize({ width, height });
    await v.look(`hall-${width}x${height}`, { page: hall, glance: true });
    await backstage.setViewportSize({ width, height });
    await v.look(`backstage-${width}x${height}`, { page: backstage, glance: true });
  }
  await hall.setViewportSize(usual);
  const dark = hall.url();
  await hall.goto(`${dark}?hall=light`);
  await v.look("hall-bright", { page: hall });
  await hall.goto(dark);
}

/// One that may stay empty says so behind its name.
function field(v, name) {
  return v.page.getByRole("textbox", { name: new RegExp(`^${name}`) }).first();
}

/// The screens turn by themselves where script runs, and by their own refresh where not.
async function shows(room, screen, text) {
  if (!room.script) await screen.reload();
  await screen.getByText(text, { exact: true }).first().waitFor();
}
