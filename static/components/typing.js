// That the project manager is on its turn. When it takes longer than it should, that is said in words.

import { html } from "../lib.js";
import { toMs } from "../format.js";
import { now } from "../store.js";
import { Icon } from "./icon.js";

/** Its rules answer within a moment and a model begins within seconds; from here on something is slow. */
const LONG_MS = 20_000;

/** @param {{ since: string }} props when the message was said that is to be answered */
export function Typing({ since }) {
  const age = Math.max(now.value, Date.now()) - (toMs(since) ?? 0);
  return html`
    <li class="message typing" data-role="assistant" data-testid="typing">
      <span class="avatar"><${Icon} name="agent" /></span>
      <p class="typing-words"><span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>
        ${age > LONG_MS ? "The project manager has not answered yet" : html`<span class="sr-only">The project manager is writing</span>`}</p>
    </li>`;
}
