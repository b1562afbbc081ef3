export { type Gateway, type Place, startGateway, type Upstreams } from './gateway.ts';
