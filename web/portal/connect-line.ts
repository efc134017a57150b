interface Named {
  id: string;
  name: string;
}

/**
 * The exact line that opens a service with the command line. Names where every shell takes them as one word, also with
 * double quotes; ids where a name has something that a shell would read.
 */
export function connectLine(device: Named, service: Named): string {
  return `genkan connect ${word(device)} ${word(service)}`;
}

function word({ id, name }: Named): string {
  if (/^[\p{L}\p{N}_.][\p{L}\p{N}_.-]*$/u.test(name)) return name;
  return /["'`$\\!%^&|<>\p{C}]/u.test(name) || name.startsWith("-") ? id : `"${name}"`;
}
