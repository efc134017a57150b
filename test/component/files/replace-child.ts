import { createFile, replaceFile } from "../../../files/durable-file.ts";

/** Writes one file over and over, now full of one letter and now of another, until it is killed. Arguments: path, bytes. */
const [path = "", bytes = "0"] = process.argv.slice(2);
const contents = ["a", "b"].map((letter) => letter.repeat(Number(bytes)));
process.stdout.write("begun\n");
for (let round = 0; ; round++) {
  createFile(`${path}.${round}`, contents[0] ?? "");
  replaceFile(path, contents[round % 2] ?? "");
}
