// The way on from a command that failed or was stopped.

import { html, useState } from "../lib.js";
import { retryCommand } from "../actions.js";
import { Icon } from "./icon.js";

/** @param {{ executionId: string, title: string }} props */
export function TryAgain({ executionId, title }) {
  const [isAsked, setAsked] = useState(false);
  const ask = async () => {
    setAsked(true);
    await retryCommand(executionId);
    setAsked(false);
  };
  return html`
    <p class="command-foot">
      <button type="button" class="button small" aria-disabled=${isAsked ? "true" : undefined} title=${`Try again: ${title}`} onClick=${isAsked ? undefined : ask}>
        ${isAsked ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name="refresh" />`}Try again</button>
    </p>`;
}
