// The operator at the run of show, and the hall's screen beside.

import { approve } from "./crew.mjs";
import { EVENT } from "./triage.mjs";

export async function runs(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("stage");
  await v.signIn(server.stops["stage-operator"][0].email, `${EVENT}/stage`);
  await v.look("stage-before");
  const hall = await v.beside(v.link(t("stage-open-hall")));
  await v.look("hall-idle", { page: hall });
  await v.press(t("stage-next"));
  await shows(room, hall, "1/10");
  await v.look("hall", { page: hall, dark: true });
  await v.look("stage", { dark: true });

  for (let n = 1; n <= 3; n += 1) {
    await v.box(t("stage-note")).fill(`무대에서 이렇게 답했습니다. ${n}월부터 바뀌며, 바뀌기 한 달 전에 미리 알려 드리겠습니다.`);
    await v.press(t("stage-note-save"));
    await v.told(t("stage-noted"));
    await v.press(t("stage-next"));
    await shows(room, hall, `${n + 1}/10`);
  }
  await v.look("stage-noted", { glance: true });
  await v.press(t("stage-back"));
  await shows(room, hall, "3/10");
  await v.press(t("stage-next"));
  await v.press(t("stage-not-reached-button"));
  await v.look("stage-not-reached", { glance: true });
  await hall.close();

  const editor = await room.visitor("editor");
  await approve(scene, editor, t("source-stage"), 3);
}

/// The hall's screen turns by itself where script runs, and by its own refresh where not.
async function shows(room, hall, position) {
  if (!room.script) await hall.reload();
  await hall.getByText(position, { exact: true }).waitFor();
}
