// Whether the page is live, in words: live, connecting, reconnecting in 3 s, offline. The age of the last sign of life
// stands beside anything that is not live, and a button tries again now.

import { html } from "../lib.js";
import { ago } from "../format.js";
import { pillWords } from "../pill.js";
import { currentId, now, view } from "../store.js";
import { wake } from "../connection.js";
import { Icon } from "./icon.js";

export function ConnectionPill() {
  const link = view.value.feed;
  if (!currentId.value || !link || view.value.missing) return null;
  const at = Math.max(now.value, Date.now());
  const { tone, text, next } = pillWords(link, at, navigator.onLine);
  const last = link.lastEventAt ? `last event ${ago(link.lastEventAt, at)}` : "no event yet";
  const isLive = tone === "live";
  return html`
    <div class="connection">
      <span class="pill" data-tone=${tone} data-testid="connection" title=${`Steps arrive as they happen when this says Live; ${last}`}>
        <span class="pill-dot" aria-hidden="true"></span><span class="pill-text">${text}</span>
        ${!isLive && link.lastEventAt && html`<span class="pill-more"> · ${last}</span>`}
        ${next && html`<span class="pill-more"> · ${next}</span>`}
      </span>
      ${!isLive && link.failures > 0 && html`
        <button type="button" class="button small" onClick=${wake}><${Icon} name="refresh" />Reconnect now</button>`}
    </div>`;
}
