// After the sitting: notes wait for review, the transcript is laid beside them, the telephones close, the sums add up.

import { addsUp } from "./desk.mjs";
import { EVENT } from "./triage.mjs";

const ANSWERED = 10;
const BACK = 8;

/// `00:01:05,000`
function stamp(seconds) {
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)},000`;
}

/// What a recorder heard: three words for each second of the sitting's first minute.
function recording(length) {
  const cues = Array.from({ length }, (_, n) => `${n + 1}\n${stamp(n)} --> ${stamp(n + 1)}\n${n}초에 들린 말\n`);
  return cues.join("\n");
}

/// `2026-11-27T18:00:00` on the event's clock.
const inSeoul = (moment) => new Date(moment.getTime() + 9 * 3_600_000).toISOString().slice(0, 19);

async function transcript(scene) {
  const { room, t } = scene;
  const v = await room.visitor("operator");
  await v.goto(`${EVENT}/stage`);
  await v.open(t("transcript-title"));
  await v.look("transcript-before");
  await v.page.getByLabel(t("transcript-begins")).fill(inSeoul(scene.began));
  await v.page.getByLabel(t("transcript-file")).setInputFiles({ name: "녹음.srt", mimeType: "text/plain", buffer: Buffer.from(recording(600)) });
  await v.press(t("transcript-keep"));
  await v.told(t("transcript-kept"));
  await v.look("transcript", { dark: true });
  // One line for each that was shown, with what was noted beside what was heard.
  const shown = await v.page.locator("section[id^=t-]").count();
  if (shown < ANSWERED + BACK) room.problem(`the transcript has ${shown} parts`);
  const heard = await v.page.locator("section[id^=t-] textarea").first().inputValue();
  if (!heard.includes("초에 들린 말")) room.problem(`nothing was heard while the first was shown: ${heard}`);
}

async function review(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, `${EVENT}/answers`);
  await v.look("answers-after", { dark: true });
  const noted = v.page.locator("tbody tr").filter({ has: v.page.getByText(t("source-stage"), { exact: true }) });
  if (await noted.count() !== ANSWERED + BACK) room.problem(`${await noted.count()} notes wait for review, not ${ANSWERED + BACK}`);
  await v.follow(noted.first().getByRole("link").first());
  await v.look("note-in-review");
  // The first of the eight has two answers: one by mail before the day, one from the hall.
  const staff = await room.visitor("moderator");
  await staff.goto(`${EVENT}/reverse`);
  await staff.reads(t("reverse-progress", { asked: 2, answered: 2 }));
  await staff.look("reverse-after");
}

async function closes(scene) {
  const { room, t, hall } = scene;
  const v = await room.visitor("operator");
  await v.goto(`${EVENT}/telephones`);
  await v.press(t("telephones-close"));
  await hall.told(t("now-closed"));
  await hall.telephones[2].look("telephone-closed", { dark: true });
}

export async function afterwards(scene) {
  const { room, t } = scene;
  await review(scene);
  await transcript(scene);
  await closes(scene);
  const v = await room.visitor("moderator");
  for (const page of ["run", "run/speakers", "stage", "thanks", "insight", "assignments", "telephones"]) {
    await v.goto(`${EVENT}/${page}`);
    await v.page.getByRole("heading", { level: 1 }).waitFor();
    await v.look(`after-${page.replace("/", "-")}`, { dark: true });
  }
  // The one that was not reached is with its crew, and nobody is left behind.
  await v.goto(`${EVENT}/assignments`);
  await v.page.getByRole("row").filter({ hasText: t("label-question", { number: scene.left }) }).first().waitFor();
  await v.goto(`${EVENT}/ledger`);
  await v.look("ledger-after", { dark: true });
  await addsUp(room, v);
  // Ten were answered on stage: one left it, and one from the hall came.
  await v.page.getByRole("link", { name: `${ANSWERED} ${t("ledger-live")}` }).first().waitFor();
}
