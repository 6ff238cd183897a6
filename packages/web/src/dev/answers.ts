/** What the sample server answers, by the name of the request. */
import type { Payload, Reply, RequestName } from '@parley/protocol';

export type Answers = { [N in RequestName]?: (payload: Payload<N>) => Reply<N> };
