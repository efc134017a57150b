/** Shells for which there is a script. */
export const shells = ["bash", "zsh", "powershell"] as const;
export type Shell = (typeof shells)[number];

/**
 * What a shell reads at its start. Each hands the words on as they are, to `genkan complete -- WORDS`, and takes a line for each
 * candidate, with a tab before what is said of it. Nothing is evaluated: neither what somebody has typed, which may hold a
 * command that is not to run yet, nor what comes back, which holds names from a server.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  // With -o default, files are offered where there is nothing else.
  bash: String.raw`_genkan() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${"$"}{line%%$'\t'*}")
  done < <(command genkan complete -- "${"$"}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _genkan genkan
`,
  zsh: String.raw`#compdef genkan
_genkan() {
  local line value about
  local -a found
  while IFS= read -r line; do
    value=${"$"}{line%%$'\t'*}
    about=${"$"}{line#*$'\t'}
    found+=("${"$"}{value//:/\\:}:$about")
  done < <(command genkan complete -- "${"$"}{(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then
    _describe -t genkan genkan found
  else
    _files
  fi
}
if [ "$funcstack[1]" = _genkan ]; then
  _genkan "$@"
else
  compdef _genkan genkan
fi
`,
  // Older ones leave an empty argument out when they start a program, so the word that is yet to come has an option of its own.
  powershell: String.raw`Register-ArgumentCompleter -Native -CommandName genkan -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
    ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
  $next = if ($wordToComplete -eq '') { @('--next') } else { @() }
  [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
  & (Get-Command -Name genkan -CommandType Application | Select-Object -First 1) complete @next '--' @words 2>$null | ForEach-Object {
    $value, $about = $_ -split [char]9, 2
    if (-not $about) { $about = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
  }
}
`,
};
