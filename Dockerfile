# One image for web, worker and beat; docker-compose.yml says which command is which.

FROM node:22-bookworm-slim AS assets
WORKDIR /site
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=nachruecker.settings.production
WORKDIR /site

COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY --from=assets /site/node_modules ./node_modules
COPY . ./
RUN if [ -d locale ]; then pybabel compile --directory locale --domain django; fi \
 && DJANGO_SETTINGS_MODULE=nachruecker.settings.static_files python manage.py collectstatic --no-input \
 && useradd --system --no-create-home --uid 10001 nachruecker

USER nachruecker
EXPOSE 8000
CMD ["gunicorn", "nachruecker.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", "--worker-class", "gthread", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--max-requests", "5000", "--max-requests-jitter", "500"]
