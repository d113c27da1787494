package dev.darkroom.store;

/** The names of a bucket's settings in error messages: those that whoever has to correct them knows. */
enum S3Names {
    /** Environment variables, of the worker's own bucket. */
    SETTINGS(
            "BUCKET_ENDPOINT_URL",
            "BUCKET_ACCESS_KEY_ID",
            "BUCKET_SECRET_ACCESS_KEY",
            "BUCKET_REGION",
            "BUCKET_NAME",
            "BUCKET_PREFIX"),
    /** Fields of the payload, of a job's bucket. There is none for the region. */
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
