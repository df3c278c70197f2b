# The styles, the scripts and the Python packages, made with tools that do not go along.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/kliniek

COPY requirements.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --require-hashes --requirement requirements.txt

COPY requirements-node.txt package.json package-lock.json .npmrc ./
RUN python -m pip install --require-hashes --requirement requirements-node.txt \
    && npm ci --no-progress

COPY static static
RUN npm run -s build

COPY . .
# Only to read the settings by: nothing is signed and no database is opened here.
RUN export SECRET_KEY=build DATABASE_URL=postgres://build@127.0.0.1/build \
    && if ls locale/*/LC_MESSAGES/*.po >/dev/null 2>&1; then \
         /opt/venv/bin/python -m babel.messages.frontend compile --directory locale --domain django; \
       fi \
    && /opt/venv/bin/python manage.py collectstatic --no-input \
    && rm -rf node_modules static


FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent kliniek
WORKDIR /srv/kliniek
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/kliniek /srv/kliniek
USER kliniek
EXPOSE 8000

# Any answer below 500 will do: asked for by another name than its own, the site may well refuse.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status >= 500)"]

CMD ["gunicorn", "clinic.wsgi", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
