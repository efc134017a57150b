import { message } from "./message.ts";
import type { Teller } from "./teller.ts";
import type { World } from "./world.ts";

/**
 * Plays the person at the agent's host, who is not there in a demonstration: a list of approvers' keys counts for an
 * agent only after somebody compared its fingerprint on that very host. Says so each time.
 */
export function playPersonAtAgent(world: World, tell: Teller): void {
  world.agent.onEvent((event) => {
    if (event.event === "trust-proposed") void accept(String(event.fingerprint), String(event.version));
  });

  async function accept(fingerprint: string, version: string): Promise<void> {
    tell.step(
      message(
        `承認者リスト（第 ${version} 版）${fingerprint} が届きました。本来は、エージェントのある場所の人が院内ページの指紋と見比べて受け入れます。ここでは代わりに行います`,
        `the list of approvers' keys, version ${version}, ${fingerprint} has come. A person on the agent's host would now compare it with the staff page; the demonstration does it for you`,
      ),
    );
    try {
      await world.acceptTrust(fingerprint);
    } catch (error) {
      tell.trouble(message("受け入れに失敗しました。", "It could not be accepted."), (error as Error).message);
    }
  }
}
