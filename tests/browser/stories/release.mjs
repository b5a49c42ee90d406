// Rules and deputies, words of mails, reasons, the release in its three ways, a correction after it, and what is on record.

import { readFileSync } from "node:fs";
import { EVENT, openQuestion } from "./triage.mjs";
import { OPEN } from "./reading.mjs";

/// A second crew must be another one; somebody away has a deputy, who gets the new questions.
async function rules(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("administrator");
  await v.signIn(server.stops.administrator[0].email, `${EVENT}/routing/rules`);
  const row = (name) => v.page.getByRole("row").filter({ has: v.page.getByRole("rowheader", { name, exact: true }) }).first();
  const service = (await v.page.getByRole("rowheader").first().innerText()).trim();
  const [crew, second] = [row(service).getByRole("combobox").nth(0), row(service).getByRole("combobox").nth(1)];
  await crew.selectOption({ index: 2 });
  const chosen = await crew.locator("option:checked").innerText();
  await second.selectOption({ label: chosen });
  await v.press(t("save"));
  await v.page.getByText(t("rules-same")).first().waitFor();
  await v.look("rules-refused");
  await row(service).getByRole("combobox").nth(0).selectOption({ index: 0 });
  await row(service).getByRole("combobox").nth(1).selectOption({ label: chosen });
  await v.press(t("save"));
  await v.look("rules-saved", { dark: true });

  await v.goto("/desk/services");
  await v.look("services-and-crews");
  await v.follow(v.page.getByRole("rowheader").getByRole("link", { name: /^Ivy/ }));
  await v.page.getByLabel(t("field-absent-from")).fill("2026-01-05");
  await v.page.getByLabel(t("field-absent-until")).fill("2026-01-02");
  await v.press(t("save"));
  await v.page.getByText(t("st-absent-days")).first().waitFor();
  await v.look("absence-refused");
  await v.page.getByLabel(t("field-absent-until")).fill("2039-12-31");
  const deputy = v.page.getByLabel(t("field-deputy"));
  await deputy.selectOption(await deputy.locator("option", { hasText: "Flint" }).first().getAttribute("value"));
  await v.press(t("save"));
  await v.page.getByText(/2039/).first().waitFor();
  await v.look("absence", { dark: true });
  await v.goto(`${EVENT}/routing`);
  const people = v.page.locator("details").filter({ hasText: t("shares-title") });
  if ((await people.getAttribute("open")) === null) await people.locator("summary").click();
  const flint = v.page.getByRole("row").filter({ has: v.page.getByRole("rowheader", { name: /^Flint/ }) });
  await flint.getByText(t("shares-deputy")).first().waitFor();
  if (await v.page.getByRole("row").filter({ has: v.page.getByRole("rowheader", { name: /^Ivy/ }) }).filter({ hasText: t("shares-deputy") }).count()) room.problem("who is away stands in for somebody");
  await v.look("routing-with-a-deputy", { dark: true });
}

/// The words of one mail for this event; a wrong placeholder is told at its field, and the default comes back.
async function words(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email, `${EVENT}/templates`);
  await v.look("templates", { dark: true });
  await v.goto(`${EVENT}/templates/routed/ko`);
  const body = v.box(t("template-body"));
  const standard = await body.inputValue();
  await body.fill(`${standard}\n{nothing}`);
  await v.press(t("save"));
  await v.page.getByRole("alert").waitFor();
  await v.look("template-refused");
  if (!(await body.inputValue()).includes("{nothing}")) room.problem("the refused words are lost");
  await body.fill(standard.replace("안녕하십니까.", "안녕하세요, 나래입니다."));
  await v.press(t("preview"));
  await v.page.locator("#preview").getByText("안녕하세요, 나래입니다.").waitFor();
  await v.look("template-preview", { dark: true });
  if (room.script) await whileTyping(v, body);
  await v.press(t("save"));
  await v.goto(`${EVENT}/templates`);
  await v.reads(t("template-own"));
}

/// The preview follows what is typed, without a load; where the words do not read, it says so in its place.
async function whileTyping(v, body) {
  const { t } = v;
  const words = await body.inputValue();
  let loads = 0;
  v.page.on("load", () => { loads += 1; });
  const preview = v.page.locator("#preview");
  await body.focus();
  await v.page.keyboard.press("ControlOrMeta+End");
  await v.page.keyboard.type("\n곧 다시 뵙겠습니다, {name} 님.");
  await preview.getByText(/곧 다시 뵙겠습니다, [^{]+ 님\./).waitFor();
  await v.look("template-preview-while-typing", { dark: true });
  await v.page.keyboard.type(" {nobody}");
  await preview.locator(".notice").waitFor();
  await v.look("template-preview-does-not-read");
  if (!(await body.evaluate((box) => box === document.activeElement))) v.room.problem("the preview takes the focus away");
  await body.fill(words);
  await preview.locator(".notice").waitFor({ state: "detached" });
  if (loads) v.room.problem("the page was loaded anew while somebody typed");
  await preview.getByText(t("mail-subject")).first().waitFor();
}

/// A reason of the event's own list, picked on the panel, and read by its asker with what partners read on the selection.
export async function declines(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  const partner = await room.visitor("partner");
  await partner.goto(server.stops.partner[0].path);
  await partner.press(t("my-enter-button"));
  await partner.goto("/my/questions/new");
  await partner.box(t("field-question")).fill("행사 기념품을 회사로 먼저 보내 주실 수 있나요?");
  await partner.page.getByRole("combobox", { name: t("my-choice-service") }).selectOption({ index: 1 });
  await partner.page.getByRole("radio", { name: t("my-prefers-either") }).check();
  await partner.page.getByRole("radio", { name: new RegExp(`^${t("my-naming-none")}`) }).check();
  // Who asked before has agreed already.
  const consent = partner.page.getByRole("checkbox", { name: t("consent-required-title") });
  if (await consent.count()) await consent.check();
  await partner.press(t("my-send"));
  await partner.told(t("my-sent"));

  await v.goto(`${OPEN}/reasons`);
  const reason = "행사 운영에 관한 문의여서 운영 사무국이 따로 연락드립니다.";
  await v.page.locator("textarea[name=ko]").nth(5).fill(reason);
  await v.press(t("save"));
  await v.look("reasons", { dark: true });
  await v.goto(`${OPEN}/selection`);
  const text = v.page.getByLabel(t("field-selection-ko"));
  await text.fill(`${await text.inputValue()}\n\n질문은 행사 사흘 전까지 모두 읽어요.`);
  await v.press(t("save"));
  await v.goto(`${OPEN}/triage?sort=newest`);
  await v.follow(v.page.locator("[data-row] a.row-link").first());
  await v.page.getByRole("combobox", { name: new RegExp(`^${t("reason-pick")}`) }).selectOption({ label: reason });
  await v.press(t("do-decline-long"));
  await v.reads(reason);
  await v.look("declined-with-a-reason");
  await v.goto(`${OPEN}/routing`);
  await v.follow(v.page.locator("button[name=what][value=all]"));
  await v.told(t("triage-released-n", { n: 1 }));

  await partner.goto("/my");
  await partner.follow(partner.page.getByRole("link", { name: /기념품을/ }).first());
  await partner.reads(reason);
  await partner.look("declined-as-its-asker-sees-it", { dark: true });
  await partner.open(t("my-selection-link"));
  if (room.lang === "ko") await partner.reads("행사 사흘 전까지");
  await partner.page.getByRole("row").filter({ hasText: t("my-selection-declined") }).getByRole("cell", { name: "1", exact: true }).waitFor();
  await partner.look("selection-as-partners-see-it", { dark: true });
}

/// Three decisions, released in three ways: at once, at a time, and as drafts that are read first.
async function releases(scene) {
  const { room, t } = scene;
  const v = await room.visitor("moderator");
  for (const [number, act] of [[5, "do-route-long"], [7, "do-live-long"], [8, "do-route-long"]]) {
    await openQuestion(v, number);
    await v.press(t(act));
    await v.page.getByRole("status").first().waitFor();
  }
  await v.goto(`${EVENT}/routing/preview`);
  // The event's own words, with real data.
  await v.page.getByText("안녕하세요, 나래입니다.").first().waitFor();
  await v.look("preview", { dark: true });

  await v.goto(`${EVENT}/routing`);
  await v.look("pending", { dark: true });
  await v.page.getByRole("checkbox", { name: t("select-number", { n: 5 }) }).check();
  await v.press(t("release-some"));
  await v.told(t("triage-released-n", { n: 1 }));

  // A time that is past is refused, at its field; nothing else is lost.
  await v.page.getByRole("checkbox", { name: t("select-number", { n: 7 }) }).check();
  await v.page.getByRole("radio", { name: t("release-when-at") }).check();
  await v.page.getByLabel(t("release-at"), { exact: false }).last().fill("2020-01-01T09:00");
  await v.press(t("release-some"));
  await v.page.getByText(t("release-at-past")).first().waitFor();
  await v.look("release-refused");
  if (!(await v.page.getByRole("checkbox", { name: t("select-number", { n: 7 }) }).isChecked())) room.problem("the selection is lost");
  await v.page.getByLabel(t("release-at"), { exact: false }).last().fill("2039-05-04T09:00");
  await v.press(t("release-some"));
  await v.told(t("triage-released-at-n", { n: 1 }));

  await v.page.getByRole("radio", { name: t("release-when-hand") }).check();
  await v.follow(v.page.locator("button[name=what][value=all]"));
  await v.told(t("triage-released-hand-n", { n: 1 }));
  await v.look("releases", { dark: true });
  const records = v.page.locator("a[href*='/routing/releases/']");
  await v.follow(records.first());
  await v.reads(t("release-mode-hand"));
  await v.look("release-with-drafts", { dark: true });
  await v.follow(v.page.locator("a[href^='/desk/outbox/']").first());
  await v.look("draft-edited-by-hand");
  await v.page.goBack();
  await v.follow(v.page.getByRole("button", { name: new RegExp(t("release-send-drafts", { n: 2 }).replace("2", "\\d")) }));
  await v.page.getByRole("status").first().waitFor();
  await v.look("release-drafts-sent", { glance: true });
}

/// What was released at once is corrected: the mails that went are listed, and the correcting ones wait as drafts.
async function corrects(scene) {
  const { t, room } = scene;
  const v = await room.visitor("moderator");
  await openQuestion(v, 5);
  await v.open(t("undo-title"));
  await v.page.locator("a[href^='/desk/outbox/']").first().waitFor();
  await v.look("correction", { dark: true });
  await v.press(t("undo-confirm"));
  await v.told(t("undo-corrected", { n: 5 }));
  await v.look("corrected");
  await v.goto("/desk/outbox?state=draft");
  await v.page.getByRole("link", { name: /바로잡습니다|A correction/ }).first().waitFor();
  await v.look("corrections-as-drafts");
}

/// Every decision is on record, and both the record and the board can be taken along.
async function files(scene) {
  const { room, t } = scene;
  const v = await room.visitor("administrator");
  await v.goto("/desk/audit?event=talk");
  await v.look("audit", { dark: true });
  const take = async (link) => {
    const [download] = await Promise.all([v.page.waitForEvent("download"), link.click()]);
    return [download.suggestedFilename(), readFileSync(await download.path())];
  };
  const [csv, record] = await take(v.link(t("audit-csv")));
  if (!csv.endsWith(".csv") || !record.toString().includes("양서린")) room.problem(`the record does not say who: ${csv}`);
  const [, json] = await take(v.link(t("audit-json")));
  const deeds = JSON.parse(json);
  if (!deeds.some((d) => d.action === "decision.corrected" && d.number === 5)) room.problem("the correction is not on record");
  await v.goto(`${EVENT}/triage?state=all&q=${encodeURIComponent("정산")}`);
  const rows = await v.page.locator("[data-row]").count();
  const [, board] = await take(v.link(t("board-json")));
  const listed = JSON.parse(board);
  const questions = Array.isArray(listed) ? listed : listed.questions;
  if (questions.length !== rows) room.problem(`the board shows ${rows}, its file holds ${questions.length}`);
  const [xlsx, sheet] = await take(v.link(t("board-xlsx")));
  if (!xlsx.endsWith(".xlsx") || sheet.subarray(0, 2).toString() !== "PK") room.problem(`not a sheet: ${xlsx}`);
}

/// Both have the same page open. The one decides; the other is told who was first and when, and what they typed stays.
async function tooLate(scene) {
  const { room, t } = scene;
  const one = await room.visitor("moderator");
  const two = await room.visitor("administrator");
  await openQuestion(two, 11);
  const typed = "이미 다른 자리에서 답변드린 내용입니다.";
  await two.box(t("decline-reason")).fill(typed);
  await openQuestion(one, 11);
  await one.press(t("do-live-long"));
  await one.told(t("triage-live", { n: 11 }));
  await two.press(t("do-decline-long"));
  const alert = two.page.getByRole("alert");
  await alert.getByText("양서린").waitFor();
  const said = await alert.innerText();
  if (!said.includes(t("decision-live"))) room.problem(`it does not say what was decided: ${said}`);
  if (!/\d|방금|just now/.test(said)) room.problem(`it does not say when: ${said}`);
  if ((await two.box(t("decline-reason")).inputValue()).trim() !== typed) room.problem("what was typed is lost");
  await two.look("decided-by-another", { dark: true });
  await one.page.reload();
  await one.page.getByText(t("panel-pending", { kind: t("decision-live"), by: "양서린" })).first().waitFor();
}

export const stories = [
  ["rules name a second crew, and a deputy stands in", rules],
  ["the words of a mail are the event's own", words],
  ["a question is declined with a reason that its asker reads", declines],
  ["decisions are released at once, at a time and by hand", releases],
  ["a released decision is corrected", corrects],
  ["two moderators decide the same on its page", tooLate],
  ["the record and the board are taken along", files],
];
