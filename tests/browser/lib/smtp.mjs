// Mail as a stranger's server brings it: by SMTP to the platform's own listener.

import { createConnection } from "node:net";

/// Sends one mail; `from` is empty for what no person sent. The line ends of `raw` become CR LF.
export async function bring(port, from, to, raw) {
  const socket = createConnection(port, "127.0.0.1");
  socket.setEncoding("utf8");
  socket.setTimeout(20_000, () => socket.destroy(new Error("the listener says nothing")));
  const lines = socket[Symbol.asyncIterator]();
  let heard = "";
  const hear = async () => {
    // The last line of a reply has a space behind its code.
    while (!/^\d{3} .*\r\n$/m.test(heard)) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the listener hung up after ${heard}`);
      heard += value;
    }
    const reply = heard;
    heard = "";
    return reply;
  };
  const say = async (line, wanted) => {
    if (line !== null) socket.write(`${line}\r\n`);
    const reply = await hear();
    if (!reply.startsWith(wanted)) throw new Error(`${line ?? "hello"}: ${reply.trim()}`);
  };
  await say(null, "220");
  await say("EHLO mx.else.example", "250");
  await say(`MAIL FROM:<${from}>`, "250");
  await say(`RCPT TO:<${to}>`, "250");
  await say("DATA", "354");
  await say(`${raw.trim().replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..")}\r\n.`, "250");
  socket.end("QUIT\r\n");
}

/// What a reply, or a notice about it, needs of the mail that stands open in the mailbox.
export async function envelope(visitor) {
  const source = await (await visitor.context.request.get(`${visitor.page.url().split("?")[0]}/source`)).text();
  const head = source.split(/\r?\n\r?\n/)[0].replace(/\r?\n[ \t]+/g, " ");
  const field = (name) => new RegExp(`^${name}:\\s*(.*)$`, "mi").exec(head)?.[1] ?? "";
  const address = (text) => /[^\s<>,"]+@[^\s<>,"]+/.exec(text)?.[0];
  return { to: address(field("To")), reply: address(field("Reply-To")), id: /<([^>]+)>/.exec(field("Message-ID"))?.[1], subject: field("Subject") };
}

const head = (fields) => Object.entries(fields).map(([name, value]) => `${name}: ${value}`).join("\n");
const common = () => ({ Date: new Date().toUTCString().replace("GMT", "+0000"), "MIME-Version": "1.0", "Message-ID": `<${crypto.randomUUID()}@else.example>` });

/// A reply from an address; with a file where one is named.
export function reply(mail, from, text, file = "") {
  const fields = { From: from, To: mail.reply, Subject: "Re: question", "In-Reply-To": `<${mail.id}>`, References: `<${mail.id}>`, ...common() };
  const body = `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${text}\n`;
  if (!file) return `${head(fields)}\n${body}`;
  return `${head(fields)}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n${body}\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="${file}"\n\n1, 2, 3\n--b--\n`;
}

/// A mail server's report (RFC 3464) that the mail could not be delivered.
export function report(mail) {
  const fields = { From: "Mail Delivery System <MAILER-DAEMON@mx.else.example>", To: mail.reply, Subject: "Undelivered Mail Returned to Sender", "Auto-Submitted": "auto-replied", ...common() };
  return `${head(fields)}
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8

The mail to <${mail.to}> could not be delivered: 550 5.1.1 User unknown

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.else.example

Final-Recipient: rfc822; ${mail.to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: text/rfc822-headers

Message-ID: <${mail.id}>
To: ${mail.to}

--b--
`;
}
