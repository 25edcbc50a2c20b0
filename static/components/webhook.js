// Who outside is told of what happens, whether that arrives, and a button to find out.

import { api, words } from "../api.js";
import { html, useState } from "../lib.js";
import { stepHash } from "../route.js";
import { notificationTone, notificationWords, testWords, toldOf } from "../webhook-words.js";
import { Icon } from "./icon.js";

/** So many of the newest are shown; the server knows more. */
const SHOWN = 5;

/** @param {{ told: any, at: number }} props */
export function Webhook({ told, at }) {
  if (!told) return null;
  return html`
    <section class="server-part" aria-labelledby="webhook-title">
      <div class="server-row">
        <h3 id="webhook-title">Who is notified by webhook</h3>
        <${Test} />
      </div>
      <dl class="facts">${toldOf(told, at).map(({ name, says }) => html`<div key=${name}><dt>${name}</dt><dd>${says}</dd></div>`)}</dl>
      <ul>
        ${told.recent.slice(0, SHOWN).map((/** @type {any} */ one) => html`
          <li class="server-row" key=${one.id} data-notification=${one.type}>
            <a class="server-name" href=${stepHash(one.project_id, one.seq)}>${notificationWords(one).what}</a>
            <span class="server-says" data-tone=${notificationTone(one)}>${notificationWords(one).became}</span>
          </li>`)}
      </ul>
    </section>`;
}

function Test() {
  const [isBusy, setBusy] = useState(false);
  const [came, setCame] = useState(/** @type {{ tone: string, says: string } | null} */ (null));
  const send = async () => {
    setBusy(true);
    setCame(await api.testNotifications().then(testWords, (error) => ({ tone: "bad", says: words(error) })));
    setBusy(false);
  };
  return html`
    <button type="button" class="button small" disabled=${isBusy} onClick=${send}><${Icon} name="send" />${isBusy ? "Sending…" : "Send a test"}</button>
    <p class="server-says webhook-test" role="status" data-tone=${came?.tone}>${came?.says}</p>`;
}
