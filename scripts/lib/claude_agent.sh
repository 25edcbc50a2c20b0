# shellcheck shell=bash disable=SC2154
# Claude Code as it is installed from npm, at a known version, into target/tools: a real coding agent for one browser test.
# It is a large program and none of this repository's, so that package.json does not name it. Sourced by scripts/test; needs
# $tools.

claude_agent_version=0.101.0

# Downloads it if that version is not there yet. That it could not be had is said where its test is left out.
install_claude_agent() {
  local package=@agentclientprotocol/claude-agent-acp folder=$tools/claude-agent-acp
  # The program is put there last.
  if [ -x "$folder/node_modules/.bin/claude-agent-acp" ] && grep -qs "\"version\": \"$claude_agent_version\"" "$folder/node_modules/$package/package.json"; then
    return 0
  fi
  npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "$package@$claude_agent_version" ||
    rm -rf "$folder"
}

# Its program; false where there is none.
find_claude_agent() {
  local program=${CLAUDE_AGENT:-$tools/claude-agent-acp/node_modules/.bin/claude-agent-acp}
  [ -x "$program" ] && echo "$program"
}
