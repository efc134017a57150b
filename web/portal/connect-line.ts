interface Named {
  id: string;
  name: string;
}

/**
 * The exact line that opens a service of a grant with the command line. Names where every shell takes them as one word,
 * also with double quotes; ids where a name has something that a shell would read. The grant is named too: another
 * hospital's device may have the same name.
 */
export function connectLine(grant: { id: string; device: Named }, service: Named): string {
  return `genkan connect ${word(grant.device)} ${word(service)} --grant ${grant.id}`;
}

function word({ id, name }: Named): string {
  if (/^[\p{L}\p{N}_.][\p{L}\p{N}_.-]*$/u.test(name)) return name;
  return /["'`$\\!%^&|<>\p{C}]/u.test(name) || name.startsWith("-") ? id : `"${name}"`;
}
