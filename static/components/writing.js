// What the coding agent is writing just now, at the end of its command. Nothing of it is said aloud piece by piece.

import { html } from "../lib.js";
import { view } from "../store.js";
import { Icon } from "./icon.js";
import { MarkdownView } from "./markdown-view.js";

/** @param {{ executionId: string }} props */
export function Writing({ executionId }) {
  return view.value.writing.filter((block) => block.execution_id === executionId).map(({ block_id, text }) => html`
    <div class="step writing" key=${block_id} data-testid="writing" role="group" aria-label="The coding agent, still writing" aria-busy="true" aria-live="off">
      <span class="step-icon"><${Icon} name="pencil" /></span>
      <div class="step-main">
        <span class="age">writing<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span></span>
        <div class="summary writing-text"><${MarkdownView} text=${text} /></div>
      </div>
    </div>`);
}
