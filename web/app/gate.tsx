import { Container } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { Doorway } from "./doorway.tsx";
import { useMe } from "./queries.ts";
import { navigate, usePath } from "./router.tsx";
import { Failure, Loading } from "./states.tsx";

/** Where to go on after signing in: kept in the history entry, never in the address. */
export interface Onward {
  onward?: string;
  /** Somebody was inside until the sign-in ended under the page. */
  lapsed?: boolean;
}

/** Decides by who is signed in: the enrolment page, the sign-in page, or the face itself. */
export function Gate(props: { signIn: ReactNode; enrol: ReactNode; inside: (me: Me) => ReactNode }) {
  const path = usePath();
  const outside = path === "/sign-in";
  const enrolling = path === "/enrol";
  const me = useMe(!enrolling);
  const known = me.data;
  const inside = useRef(false);
  useEffect(() => {
    if (enrolling) return;
    if (known) inside.current = true;
    if (known === null && !outside) {
      const onward: Onward = { onward: path + location.hash, lapsed: inside.current };
      navigate("/sign-in", { replace: true, state: onward });
    }
    if (known && outside) navigate((history.state as Onward | null)?.onward ?? "/", { replace: true });
  }, [known, outside, enrolling, path]);

  if (enrolling) return <Doorway>{props.enrol}</Doorway>;
  if (known && !outside) return props.inside(known);
  if (known === null && outside) return <Doorway>{props.signIn}</Doorway>;
  return (
    <Container size="sm" py="xl">
      {me.isError && known === undefined ? <Failure error={me.error} again={() => void me.refetch()} /> : <Loading />}
    </Container>
  );
}
