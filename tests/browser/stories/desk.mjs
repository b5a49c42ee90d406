// The ledger, and every other page of the desk.

import { EVENT } from "./triage.mjs";

/// Each line of the ledger is a sum, and each number opens its list.
export async function addsUp(room, v) {
  for (const line of await v.page.getByRole("listitem").filter({ hasText: "=" }).all()) {
    const [total, ...parts] = (await line.getByRole("link").allInnerTexts()).map((text) => Number(/\d+/.exec(text)[0]));
    if (total !== parts.reduce((sum, n) => sum + n, 0)) room.problem(`the ledger does not add up: ${await line.innerText()}`);
  }
}

export async function ledger(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  await v.goto(`${EVENT}/ledger`);
  await v.look("ledger", { dark: true });
  await addsUp(room, v);
  const arrived = v.page.getByRole("listitem").filter({ hasText: "=" }).getByRole("link", { name: new RegExp(`\\d+ ${t("ledger-accepted")}`) }).first();
  const count = Number(/\d+/.exec(await arrived.innerText())[0]);
  if (count < 4) room.problem(`only ${count} have arrived`);
  await v.follow(arrived);
  const rows = await v.page.getByRole("region", { name: t("ledger-accepted") }).getByRole("row").count();
  if (rows !== count + 1) room.problem(`the list of ${count} that arrived has ${rows - 1} rows`);
  await v.look("ledger-list");
}

export async function rooms(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("administrator");
  await v.signIn(server.stops.administrator[0].email);
  await v.look("home-of-administrator");
  const plain = ["", "/edit", "/programme", "/speakers", "/speakers/new", "/roster", "/roster/new", "/invitations", "/attendance", "/crews", "/reminders"];
  for (const page of plain) await visit(v, `${EVENT}${page}`, `event${page.replaceAll("/", "-")}`);
  await v.goto(`${EVENT}/roster`);
  await v.follow(v.page.getByRole("rowheader").getByRole("link").first());
  await v.look("person", { dark: true });
  await v.open(t("st-question-on-behalf"));
  await v.look("question-on-behalf");
  await v.goto(`${EVENT}/programme`);
  await v.follow(v.page.getByRole("link", { name: new RegExp(t("st-edit")) }).first());
  await v.look("sitting");
  await v.goto(`${EVENT}/attendance`);
  await v.follow(v.page.getByRole("rowheader").getByRole("link").first());
  await v.page.getByRole("checkbox").first().check();
  await v.press(t("save"));
  await v.look("attendance");
  await imports(scene, v);
  for (const page of ["/services", "/services/new", "/fields", "/staff", "/audit", "/outbox", "/quarantine", "/addresses", "/mail", "/clock", "/events/new"]) await visit(v, `/desk${page}`, `desk${page.replaceAll("/", "-")}`);
  await v.goto("/desk/outbox");
  await v.follow(v.page.getByRole("row").nth(1).getByRole("link").first());
  await v.look("outgoing", { dark: true });
  await v.goto("/desk/staff");
  await v.follow(v.page.getByRole("rowheader").getByRole("link").first());
  await v.look("account");
}

async function visit(v, address, name) {
  await v.goto(address);
  await v.page.getByRole("heading", { level: 1 }).waitFor();
  await v.look(name);
}

const ROSTER = `회사,직함,이름,이메일,언어
새벽빵집,대표,한도윤,doyun@saebyeok.example,ko
새벽빵집,점장,문가온,gaon@saebyeok.example,ko
,,이름만,,ko
먼바다,대표,,far@meonbada.example,ko
`;

async function imports(scene, v) {
  const { t } = scene;
  await v.goto(`${EVENT}/roster/import`);
  await v.look("import");
  await v.page.getByLabel(t("field-file")).setInputFiles({ name: "명단.csv", mimeType: "text/csv", buffer: Buffer.from(`\ufeff${ROSTER}`) });
  await v.press(t("st-import-check"));
  await v.look("import-preview", { dark: true });
  await v.press(t("st-import-run", { n: 3 }));
  await v.reloadUntil(() => v.page.getByText(t("st-import-done", { new: 3, changed: 0 })));
  await v.look("import-done");
}
