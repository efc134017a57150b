import { type UseMutationOptions, type UseMutationResult, useMutation } from "@tanstack/react-query";
import { useRef } from "react";

/**
 * A mutation that a person starts with a button. The second click of a double click comes before the button can show
 * that it is busy: it counts for nothing while the first is under way.
 */
export function useAction<Result, Input = void>(
  options: UseMutationOptions<Result, Error, Input>,
): UseMutationResult<Result, Error, Input> & { running: () => boolean } {
  const running = useRef(false);
  const mutation = useMutation<Result, Error, Input>(options);
  const mutate: typeof mutation.mutate = (...input) => {
    if (running.current) return;
    running.current = true;
    mutation
      .mutateAsync(...input)
      // The page shows it from the mutation's own state.
      .catch(() => {})
      .finally(() => {
        running.current = false;
      });
  };
  // `isPending` comes with the next rendering; an Escape may come before it.
  return { ...mutation, mutate, running: () => running.current };
}
