// The partner's side: invited by mail, coming, asking.

import { pattern } from "../lib/texts.mjs";
import { texts } from "../lib/texts.mjs";

/// A text in whichever language the mail is in.
export const either = (key, names = []) => {
  const [ko, en] = ["ko", "en"].map((lang) => pattern(texts(lang), key, names).source);
  return new RegExp(`(${ko})|(${en})`);
};

/// Opens a mail of the mailbox by its subject, and waits for it to come.
export async function openMail(visitor, subject, { to = "" } = {}) {
  await visitor.goto(`/dev/mailbox?to=${encodeURIComponent(to)}`);
  await visitor.reloadUntil(() => visitor.page.getByRole("link", { name: subject }));
  await visitor.follow(visitor.page.getByRole("link", { name: subject }).first());
}

/// Presses a link within the mail that stands open; it opens beside the mailbox.
export async function pressInMail(visitor, name) {
  const mail = visitor.page.frameLocator("iframe");
  visitor.page = await visitor.beside(mail.getByRole("link", { name }).first());
}

/// Has asked nothing yet, so has consented to nothing: the mails come in any order, and some of the invited have.
const INVITED = "taeo@noeul.example";

export async function asks(scene) {
  const { room, t } = scene;
  const v = await room.visitor("partner");
  await v.goto("/dev");
  await v.look("tour", { dark: true });
  await v.open(t("dev-what-mailbox"));
  const subject = new RegExp(`(${either("st-mail-invite-subject", ["host", "title"]).source}).*`);
  await v.reloadUntil(() => v.page.getByRole("link", { name: /먼저 듣겠습니다|We Listen First/ }));
  await v.look("mailbox", { dark: true });
  await openMail(v, subject, { to: INVITED });
  await v.look("invitation-mail", { dark: true });
  await v.lookAtMail("invitation-as-mailed");

  await pressInMail(v, either("st-mail-invite-button"));
  await v.inOwnLanguage();
  await v.look("invitation", { dark: true });
  await v.press(t("my-enter-button"));
  await v.role("heading", t("my-questions-title"), { level: 2 }).waitFor();
  await v.look("my-first", { dark: true });

  await v.open(t("my-rsvp-change"));
  await v.press(t("my-rsvp-save"));
  await v.open(t("my-rsvp-change"));
  await v.page.getByRole("radio", { name: t("my-rsvp-yes") }).first().check();
  await v.page.getByRole("checkbox").first().check();
  await v.look("rsvp", { dark: true });
  await v.press(t("my-rsvp-save"));
  await v.told(t("my-rsvp-saved"));

  await write(scene, v);
  await edit(scene, v);

  await v.page.getByRole("navigation", { name: t("my-nav") }).getByRole("link", { name: t("my-nav-consent") }).click();
  await v.role("heading", t("my-consent-title")).waitFor();
  await v.look("consent");
  await v.page.getByRole("checkbox", { name: t("consent-newsletter-title") }).check();
  await v.press(t("save"));
  await v.told(t("my-consent-saved"));
}

async function write(scene, v) {
  const { room, t } = scene;
  await v.open(t("my-ask-button"));
  await v.look("ask", { dark: true });
  // Sent empty: what is wrong stands at its field.
  await v.press(t("my-send"));
  await v.page.getByRole("alert").waitFor();
  await v.look("ask-refused", { dark: true });
  const text = "가게가 두 곳이라 정산일이 서로 다릅니다. 한 번에 모아 받을 수 있을까요?";
  await v.box(t("field-question")).fill(text);
  if (room.script) {
    // The service alone: the draft is saved while one types.
    await v.page.getByRole("status").filter({ hasText: t("autosaved") }).waitFor();
    await v.reads(t("chars-left").replace("{n}", (2000 - [...text].length).toLocaleString()));
  }
  await v.press(t("my-save-draft"));
  await v.told(t("my-draft-saved"));
  await v.goto("/my");
  await v.look("my-with-draft", { glance: true });
  await v.follow(v.page.getByRole("link", { name: new RegExp(`^${t("my-draft-go-on")}`) }));
  await v.page.getByRole("combobox", { name: t("my-choice-service") }).selectOption({ index: 2 });
  await v.page.getByRole("radio", { name: t("my-prefers-stage") }).check();
  await v.page.getByRole("radio", { name: new RegExp(`^${t("my-naming-full")}`) }).check();
  await v.look("ask-filled");
  // Without the consent it is refused, and nothing typed is lost.
  await v.press(t("my-send"));
  await v.page.getByRole("alert").waitFor();
  if (!(await v.box(t("field-question")).inputValue()).startsWith(text)) room.problem("the refused form lost the text");
  await v.page.getByRole("checkbox", { name: t("consent-required-title") }).check();
  await v.page.getByRole("checkbox", { name: t("consent-print-title") }).check();
  await v.look("ask-without-consent", { glance: true });
  await v.press(t("my-send"));
  await v.told(t("my-sent"));
  await v.look("sent", { dark: true });
}

async function edit(scene, v) {
  const { t } = scene;
  await v.goto("/my");
  await v.look("my-with-question", { dark: true });
  await v.follow(v.page.getByRole("link", { name: new RegExp(`^${t("my-edit")}`) }).first());
  await v.look("edit", { glance: true });
  const box = v.box(t("field-question"));
  await box.fill(`${await box.inputValue()} 서류가 필요하면 알려 주세요.`);
  await v.press(t("my-save-edit"));
  await v.told(t("my-edited"));
  await v.reads("서류가 필요하면 알려 주세요.");
  await v.look("question");

  // A second one, withdrawn again.
  await v.goto("/my/questions/new");
  await v.box(t("field-question")).fill("행사장에 주차할 수 있는지 궁금합니다. 몇 대까지인가요?");
  await v.page.getByRole("combobox", { name: t("my-choice-service") }).selectOption({ index: 1 });
  await v.page.getByRole("radio", { name: t("my-prefers-either") }).check();
  await v.page.getByRole("radio", { name: new RegExp(`^${t("my-naming-none")}`) }).check();
  await v.press(t("my-send"));
  await v.told(t("my-sent"));
  await v.press(t("my-withdraw"));
  await v.told(t("my-withdrawn"));
}

/// Addresses that are not there, not ours, or not for everybody; and a new link.
export async function refusals(scene) {
  const { room, t } = scene;
  const v = await room.visitor("stranger");
  await v.goto("/nowhere");
  await v.role("heading", t("oops-not-found-title")).waitFor();
  await v.look("not-found", { dark: true });
  await v.goto("/my");
  await v.role("heading", t("oops-needs-link-title")).waitFor();
  await v.look("needs-link");
  await v.goto("/i/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  await v.role("heading", t("my-dead-title")).waitFor();
  await v.look("dead-link");
  await v.open(t("my-dead-button"));
  await v.press(t("my-link-button"));
  await v.look("link-refused");
  await v.box(t("web:field-email")).fill("nobody@nowhere.example");
  await v.press(t("my-link-button"));
  await v.told("nobody@nowhere.example");
  await v.look("link-sent");
  await v.goto("/desk");
  await v.look("sign-in", { dark: true });
  await v.box(t("web:field-email")).fill("seorin@narae.example");
  await v.page.getByLabel(t("field-password"), { exact: true }).fill("not the password");
  await v.press(t("sign-in-button"));
  await v.reads(t("sign-in-wrong"));
  await v.look("sign-in-wrong");
  // A stage operator has no business among the accounts.
  const stage = await room.visitor("stage");
  await stage.goto("/desk/staff");
  await stage.role("heading", t("oops-forbidden-title")).waitFor();
  await stage.look("forbidden");
}
