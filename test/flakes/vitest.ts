import { relative } from "node:path";
import { createVitest, type TestModule, type TestSpecification, type Vitest } from "vitest/node";
import { secondTry, triedAgain } from "../run/second-try.ts";
import type { TestFile } from "./file.ts";

/** Starts the tests' runner once for all runs; transformed sources are kept, and nothing else goes from one run to the next. */
export class TestRunner {
  readonly #vitest: Vitest;
  readonly #seen: Seen;
  readonly #root: string;
  #specifications = new Map<string, TestSpecification>();

  private constructor(vitest: Vitest, seen: Seen, root: string) {
    this.#vitest = vitest;
    this.#seen = seen;
    this.#root = root;
  }

  /** For the tests of the checkout, or of another folder. */
  static async start(root = process.cwd()): Promise<TestRunner> {
    const seen = new Seen();
    const reporters = [{ onTestModuleEnd: (module: TestModule) => void seen.modules.push(module) }];
    // What it says would stand between the results; what went wrong is in what a run returns.
    const silent = { watch: false, retry: 0, silent: true, reporters, root } as const;
    return new TestRunner(await createVitest(silent), seen, root);
  }

  /** Every test file whose path has one of `parts` in it; all of them where none is named. */
  async files(parts: readonly string[]): Promise<TestFile[]> {
    const found = (await this.#vitest.globTestSpecifications()).map((specification) => ({
      file: { file: relative(this.#root, specification.moduleId), project: specification.project.name },
      specification,
    }));
    this.#specifications = new Map(found.map(({ file, specification }) => [key(file), specification]));
    return found
      .map(({ file }) => file)
      .filter(({ file }) => parts.length === 0 || parts.some((part) => file.includes(part)));
  }

  /** Runs one of `files` once, in a process of its own that is gone when this resolves, and names what did not pass. */
  async run(file: TestFile): Promise<string[]> {
    const specification = this.#specifications.get(key(file));
    if (specification === undefined) throw new Error(`${file.file} is none of the tests' files.`);
    this.#seen.modules = [];
    const { unhandledErrors } = await this.#vitest.runTestSpecifications([specification]);
    // A run ends before its process has: without this the next one would find the machine busy with the last.
    await this.#vitest.cancelCurrentRun("test-failure");
    return failuresOf(this.#seen.modules, unhandledErrors);
  }

  close(): Promise<void> {
    return this.#vitest.close();
  }
}

/** What the run at hand has brought so far. */
class Seen {
  modules: TestModule[] = [];
}

/** Names of the tests that did not pass at their first try, and first lines of what failed outside of a test. */
function failuresOf(modules: readonly TestModule[], unhandled: readonly unknown[]): string[] {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const failed = tests.filter((test) => test.result().state !== "passed").map((test) => test.fullName);
  const again = tests.filter(triedAgain).map((test) => `${secondTry}${test.fullName}`);
  const outside = [...suites.flatMap((suite) => suite.errors()), ...unhandled].map(firstLine);
  const all = [...failed, ...again, ...outside];
  return all.length === 0 && tests.length === 0 ? ["no test of it ran"] : all;
}

function firstLine(error: unknown): string {
  const message = error instanceof Object && "message" in error ? String(error.message) : String(error);
  return message.split("\n")[0] ?? "";
}

const key = ({ file, project }: TestFile) => `${project} ${file}`;
