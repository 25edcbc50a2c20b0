// A real coding agent, Claude Code: the program CLAUDE_AGENT names, else the one scripts/test has installed, if it has.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const INSTALLED = fileURLToPath(new URL("../../../target/tools/claude-agent-acp/node_modules/.bin/claude-agent-acp", import.meta.url));

/** Its program; null where there is none. */
export const CLAUDE_AGENT = process.env.CLAUDE_AGENT || (existsSync(INSTALLED) ? INSTALLED : null);
