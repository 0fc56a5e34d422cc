# The service with the runtimes that need nothing else: subprocess and vm2. docker-compose.yml puts the
# Collector and ClickHouse beside it; alone it starts embedded ones.
FROM node:24-bookworm-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap ca-certificates python3 \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/exectrail
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY bin bin
COPY clickhouse clickhouse
COPY postgres postgres
COPY prices prices
COPY templates templates
COPY otel-collector otel-collector
COPY src src
COPY tsconfig.json ./
RUN node --eval "import('/opt/exectrail/src/provision/dashboard.ts').then((m) => m.buildDashboard('/opt/exectrail/src/dashboard/built'))" \
  && npm prune --omit=dev

RUN useradd --system --create-home exectrail \
  && install --directory --owner=exectrail --group=exectrail --mode=0700 /var/lib/exectrail
USER exectrail
ENV EXECTRAIL_HOME=/var/lib/exectrail
VOLUME /var/lib/exectrail
EXPOSE 7070

HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=30 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:7070/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["bin/exectrail"]
CMD ["up"]
