# The service without an embedded database: HOWCANWE_DATABASE_URL names a database (PostgreSQL 15 or later).
ARG PYTHON=3.14

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements/build.txt requirements/service.txt requirements/
# Two environments: the one that builds the package stays here; the one that runs it has no pip, and is copied.
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --requirement requirements/build.txt \
    && python -m venv --without-pip /opt/howcanwe \
    && /opt/build/bin/pip --python /opt/howcanwe/bin/python install \
        --require-hashes --requirement requirements/service.txt
COPY pyproject.toml README.md LICENSE ./
COPY events events
COPY howcanwe howcanwe
COPY projections projections
COPY service service
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/build/bin/pip --python /opt/howcanwe/bin/python install --no-deps --no-index /wheels/*.whl
# GraphiQL, which browsers get at /graphql. npm only fetches it, and is not copied.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends npm \
    && /opt/howcanwe/bin/howcanwe graphiql

FROM python:${PYTHON}-slim
RUN groupadd --gid 10001 howcanwe \
    && useradd --uid 10001 --gid howcanwe --create-home --home-dir /var/lib/howcanwe \
        --shell /usr/sbin/nologin howcanwe \
    && install --directory --owner howcanwe --group howcanwe --mode 0700 /data
COPY --from=build /opt/howcanwe /opt/howcanwe
# The master key is in /data, a volume, so that it outlives the container.
ENV PATH=/opt/howcanwe/bin:$PATH PYTHONUNBUFFERED=1 HOWCANWE_DATA=/data
VOLUME /data
USER 10001:10001
WORKDIR /var/lib/howcanwe
EXPOSE 8000
# Ready means that the log answers and the read models have caught up. The first build of the read models of a long
# log may take long, and is no reason for a restart.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('HOWCANWE_PORT', '8000') + '/health/ready', timeout=4)"]
CMD ["howcanwe", "serve", "--host", "0.0.0.0"]
