package dev.darkroom.store;

/** What the parts of a bucket's description are called by whoever has to mend them. */
enum S3Names {
    /** Of the worker's own bucket: environment variables. */
    SETTINGS(
            "BUCKET_ENDPOINT_URL",
            "BUCKET_ACCESS_KEY_ID",
            "BUCKET_SECRET_ACCESS_KEY",
            "BUCKET_REGION",
            "BUCKET_NAME",
            "BUCKET_PREFIX"),
    /** Of a job's bucket: fields of its payload. It has none for the region. */
    JOB(
            "s3Config.endpointUrl",
            "s3Config.accessId",
            "s3Config.accessSecret",
            "s3Config.endpointUrl",
            "s3Config.bucketName",
            "s3Config.objectPath");

    final String endpoint;
    final String accessKeyId;
    final String secretAccessKey;
    final String region;
    final String bucket;
    final String prefix;

    S3Names(String endpoint, String accessKeyId, String secretAccessKey, String region, String bucket, String prefix) {
        this.endpoint = endpoint;
        this.accessKeyId = accessKeyId;
        this.secretAccessKey = secretAccessKey;
        this.region = region;
        this.bucket = bucket;
        this.prefix = prefix;
    }
}
