// Whether the page is live, in words: live, connecting, reconnecting in 3 s, stale, offline. The age of the last step
// stands beside Live, that of the last sign of life beside anything else; a button tries again now, and the pill itself
// leads to what is known about the connection.

import { html } from "../lib.js";
import { ago, toMs } from "../format.js";
import { lastWords, pillWords, wayWords } from "../pill.js";
import { diagnosticsHash } from "../route.js";
import { currentId, now, nowSlow, view } from "../store.js";
import { wake } from "../connection.js";
import { Icon } from "./icon.js";

export function ConnectionPill() {
  const { feed: link, missing, activities } = view.value;
  if (!currentId.value || !link || missing) return null;
  const isLive = link.phase === "live";
  const at = Math.max(isLive ? nowSlow.value : now.value, Date.now());
  const { tone, text, next } = pillWords(link, at, navigator.onLine);
  const last = lastWords(link, at);
  const stepAt = toMs(activities.at(-1)?.timestamp);
  return html`
    <div class="connection">
      <a class="pill" href=${diagnosticsHash(currentId.value)} data-tone=${tone} data-testid="connection"
        title=${`${isLive ? wayWords(link) : "What is on the screen stays; new steps come as soon as the server answers."} ${last[0].toUpperCase()}${last.slice(1)}. Click to see how everything fares.`}>
        <span class="pill-dot" aria-hidden="true"></span><span class="pill-text">${text}</span>
        ${isLive && stepAt !== null && html`<span class="pill-more"> · last step ${ago(stepAt, at)}</span>`}
        ${!isLive && link.lastEventAt && html`<span class="pill-more"> · ${last}</span>`}
        ${next && html`<span class="pill-more"> · ${next}</span>`}
      </a>
      ${!isLive && link.failures > 0 && html`
        <button type="button" class="button small" aria-label="Reconnect now" title="Reconnect now" onClick=${wake}><${Icon} name="refresh" /><span class="button-text">Reconnect now</span></button>`}
    </div>`;
}
