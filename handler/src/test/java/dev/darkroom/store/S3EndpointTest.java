package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people have as an address leads to their bucket, whoever runs it. */
class S3EndpointTest {
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            # given                                                | bucket    | region     | address                                            | region         | bucket       | path
            https://s3.eu-west-2.amazonaws.com                     | b-1       | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | b-1          | false
            https://s3.eu-west-2.amazonaws.com/                    | b-1       | eu-west-2  | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | b-1          | false
            https://s3.eu-west-2.amazonaws.com/b-1                 | -         | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | b-1          | false
            https://s3.eu-west-2.amazonaws.com/b-1/                | b-1       | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | b-1          | false
            https://s3.amazonaws.com                               | b-1       | -          | https://s3.us-east-1.amazonaws.com                 | us-east-1      | b-1          | false
            https://s3.amazonaws.com/b-1                           | -         | ap-south-1 | https://s3.ap-south-1.amazonaws.com                | ap-south-1     | b-1          | false
            https://b-1.s3.amazonaws.com                           | -         | -          | https://s3.us-east-1.amazonaws.com                 | us-east-1      | b-1          | false
            https://b-1.s3.amazonaws.com                           | b-1       | eu-north-1 | https://s3.eu-north-1.amazonaws.com                | eu-north-1     | b-1          | false
            https://b-1.s3.eu-west-2.amazonaws.com                 | -         | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | b-1          | false
            https://B-1.S3.EU-WEST-2.AMAZONAWS.COM                 | -         | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | b-1          | false
            https://my.pictures.s3.eu-west-2.amazonaws.com         | -         | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | my.pictures  | true
            https://s3.eu-west-2.amazonaws.com/my.pictures         | -         | -          | https://s3.eu-west-2.amazonaws.com                 | eu-west-2      | my.pictures  | true
            https://s3-eu-west-1.amazonaws.com                     | b-1       | -          | https://s3.eu-west-1.amazonaws.com                 | eu-west-1      | b-1          | false
            https://b-1.s3-eu-west-1.amazonaws.com                 | -         | -          | https://s3.eu-west-1.amazonaws.com                 | eu-west-1      | b-1          | false
            https://s3.dualstack.eu-west-1.amazonaws.com           | b-1       | -          | https://s3.dualstack.eu-west-1.amazonaws.com       | eu-west-1      | b-1          | false
            https://b-1.s3.dualstack.eu-west-1.amazonaws.com       | -         | -          | https://s3.dualstack.eu-west-1.amazonaws.com       | eu-west-1      | b-1          | false
            https://s3-fips.us-gov-west-1.amazonaws.com            | b-1       | -          | https://s3-fips.us-gov-west-1.amazonaws.com        | us-gov-west-1  | b-1          | false
            https://s3-fips.dualstack.us-east-2.amazonaws.com      | b-1       | -          | https://s3-fips.dualstack.us-east-2.amazonaws.com  | us-east-2      | b-1          | false
            https://b-1.s3-accelerate.amazonaws.com                | -         | eu-west-1  | https://s3-accelerate.amazonaws.com                | eu-west-1      | b-1          | false
            https://s3.cn-north-1.amazonaws.com.cn                 | b-1       | -          | https://s3.cn-north-1.amazonaws.com.cn             | cn-north-1     | b-1          | false
            https://b-1.s3.cn-northwest-1.amazonaws.com.cn         | -         | -          | https://s3.cn-northwest-1.amazonaws.com.cn         | cn-northwest-1 | b-1          | false
            https://s3.eusc-de-east-1.amazonaws.eu                 | b-1       | -          | https://s3.eusc-de-east-1.amazonaws.eu             | eusc-de-east-1 | b-1          | false
            https://s3api-eur-is-1.runpod.io                       | agv6w2qcg7| -          | https://s3api-eur-is-1.runpod.io                   | EUR-IS-1       | agv6w2qcg7   | true
            https://s3api-us-ks-2.runpod.io/                       | agv6w2qcg7| us-ks-2    | https://s3api-us-ks-2.runpod.io                    | US-KS-2        | agv6w2qcg7   | true
            https://s3api-eu-ro-1.runpod.io/agv6w2qcg7             | -         | -          | https://s3api-eu-ro-1.runpod.io                    | EU-RO-1        | agv6w2qcg7   | true
            https://ACCOUNT.r2.cloudflarestorage.com               | b-1       | -          | https://ACCOUNT.r2.cloudflarestorage.com           | auto           | b-1          | true
            https://ACCOUNT.r2.cloudflarestorage.com/b-1           | -         | -          | https://ACCOUNT.r2.cloudflarestorage.com           | auto           | b-1          | true
            https://ACCOUNT.eu.r2.cloudflarestorage.com/b-1        | -         | -          | https://ACCOUNT.eu.r2.cloudflarestorage.com        | auto           | b-1          | true
            https://b-1.ACCOUNT.r2.cloudflarestorage.com           | -         | -          | https://ACCOUNT.r2.cloudflarestorage.com           | auto           | b-1          | false
            https://b-1.ACCOUNT.eu.r2.cloudflarestorage.com        | -         | -          | https://ACCOUNT.eu.r2.cloudflarestorage.com        | auto           | b-1          | false
            http://localhost:9000                                  | b-1       | -          | http://localhost:9000                              | us-east-1      | b-1          | true
            http://localhost:9000/b-1                              | -         | -          | http://localhost:9000                              | us-east-1      | b-1          | true
            http://127.0.0.1:9000                                  | b-1       | -          | http://127.0.0.1:9000                              | us-east-1      | b-1          | true
            http://[::1]:9000                                      | b-1       | -          | http://[::1]:9000                                  | us-east-1      | b-1          | true
            http://minio:9000                                      | b-1       | eu-x       | http://minio:9000                                  | eu-x           | b-1          | true
            https://minio.example.com                              | minio     | -          | https://minio.example.com                          | us-east-1      | minio        | true
            https://storage.googleapis.com                         | b-1       | -          | https://storage.googleapis.com                     | auto           | b-1          | true
            https://storage.googleapis.com/app.appspot.com         | -         | -          | https://storage.googleapis.com                     | auto           | app.appspot.com | true
            https://storage.googleapis.com                         | app.firebasestorage.app | - | https://storage.googleapis.com                | auto           | app.firebasestorage.app | true
            https://b_1.storage.googleapis.com                     | -         | europe-west1 | https://storage.googleapis.com                   | europe-west1   | b_1          | true
            https://fra1.digitaloceanspaces.com                    | b-1       | -          | https://fra1.digitaloceanspaces.com                | fra1           | b-1          | true
            https://b-1.nyc3.digitaloceanspaces.com                | -         | -          | https://nyc3.digitaloceanspaces.com                | nyc3           | b-1          | false
            https://b-1.nyc3.digitaloceanspaces.com                | b-1       | us-east-1  | https://nyc3.digitaloceanspaces.com                | us-east-1      | b-1          | false
            https://s3.us-west-004.backblazeb2.com                 | b-1       | -          | https://s3.us-west-004.backblazeb2.com             | us-west-004    | b-1          | true
            https://b-1.s3.us-west-004.backblazeb2.com             | -         | -          | https://s3.us-west-004.backblazeb2.com             | us-west-004    | b-1          | false
            https://s3.eu-central-1.wasabisys.com                  | b-1       | -          | https://s3.eu-central-1.wasabisys.com              | eu-central-1   | b-1          | true
            https://s3.wasabisys.com                               | b-1       | -          | https://s3.wasabisys.com                           | us-east-1      | b-1          | true
            https://s3.fr-par.scw.cloud                            | b-1       | -          | https://s3.fr-par.scw.cloud                        | fr-par         | b-1          | true
            https://b-1.s3.nl-ams.scw.cloud                        | -         | -          | https://s3.nl-ams.scw.cloud                        | nl-ams         | b-1          | false
            https://fsn1.your-objectstorage.com                    | b-1       | -          | https://fsn1.your-objectstorage.com                | fsn1           | b-1          | true
            https://b-1.hel1.your-objectstorage.com                | -         | -          | https://hel1.your-objectstorage.com                | hel1           | b-1          | false
            https://s3.gra.io.cloud.ovh.net                        | b-1       | -          | https://s3.gra.io.cloud.ovh.net                    | gra            | b-1          | true
            https://eu-central-1.linodeobjects.com                 | b-1       | -          | https://eu-central-1.linodeobjects.com             | eu-central-1   | b-1          | true
            https://objects.example.com:8443/b-1                   | -         | -          | https://objects.example.com:8443                   | us-east-1      | b-1          | true
            https://abc.supabase.co/storage/v1/s3                  | b-1       | eu-west-1  | https://abc.supabase.co/storage/v1/s3              | eu-west-1      | b-1          | true
            http://supabase:8000/storage/v1/s3/                    | b-1       | -          | http://supabase:8000/storage/v1/s3                 | us-east-1      | b-1          | true
            http://supabase:8000/storage/v1/s3/b-1                 | -         | -          | http://supabase:8000/storage/v1/s3                 | us-east-1      | b-1          | true
            http://supabase:8000/storage/v1/s3/b-1                 | b-1       | -          | http://supabase:8000/storage/v1/s3                 | us-east-1      | b-1          | true
            https://example.com/minio                              | b-1       | -          | https://example.com/minio                          | us-east-1      | b-1          | true
            http://my_minio:9000                                   | b-1       | -          | http://my_minio:9000                               | us-east-1      | b-1          | true
            HTTP://My_Minio:9000/b-1                               | -         | -          | http://my_minio:9000                               | us-east-1      | b-1          | true
            http://bücher.example                                  | b-1       | -          | http://xn--bcher-kva.example                       | us-east-1      | b-1          | true
            https://my_b.s3.amazonaws.com                          | -         | -          | https://s3.us-east-1.amazonaws.com                 | us-east-1      | my_b         | true
            """)
    void anAddressTellsRegionBucketAndAddressing(
            String given,
            @Nullable String saidBucket,
            @Nullable String saidRegion,
            String address,
            String region,
            String bucket,
            boolean pathStyle) {
        S3Endpoint endpoint = endpoint(given, saidBucket, saidRegion, null);

        assertThat(endpoint)
                .isEqualTo(
                        new S3Endpoint(withAccount(address), region, bucket, pathStyle, !given.contains("runpod.io")));
    }

    @ParameterizedTest
    @CsvSource({
        "https://s3.eu-west-2.amazonaws.com, b-1, true, https://s3.eu-west-2.amazonaws.com, true",
        "https://storage.googleapis.com, b-1, false, https://storage.googleapis.com, false",
        "https://b-1.oss.example.com, b-1, false, https://oss.example.com, false",
        "https://oss.example.com, b-1, false, https://oss.example.com, false",
        "https://b-1.oss.example.com, b-1, true, https://b-1.oss.example.com, true"
    })
    void addressingCanBeSaid(String given, String bucket, boolean said, String address, boolean pathStyle) {
        S3Endpoint endpoint = endpoint(given, bucket, null, said);

        assertThat(endpoint.address()).hasToString(address);
        assertThat(endpoint.pathStyle()).isEqualTo(pathStyle);
        assertThat(endpoint.bucket()).isEqualTo(bucket);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            https://s3.eu-west-2.amazonaws.com       | -       | -         | BUCKET_NAME: must be set, for BUCKET_ENDPOINT_URL has no bucket in it
            http://minio:9000/                       | -       | -         | BUCKET_NAME: must be set, for BUCKET_ENDPOINT_URL has no bucket in it
            https://a.s3.amazonaws.com               | b       | -         | BUCKET_NAME: there are two, b and a in BUCKET_ENDPOINT_URL
            https://s3.amazonaws.com/a               | b       | -         | BUCKET_NAME: there are two, b and a in BUCKET_ENDPOINT_URL
            https://a.s3.amazonaws.com/b             | -       | -         | BUCKET_NAME: there are two, a and b in BUCKET_ENDPOINT_URL
            https://s3.eu-west-2.amazonaws.com       | b-1     | eu-west-1 | BUCKET_REGION: is eu-west-1, but BUCKET_ENDPOINT_URL is in eu-west-2
            https://s3-accelerate.amazonaws.com      | b-1     | -         | BUCKET_REGION: must be set, for the host of BUCKET_ENDPOINT_URL does not tell the region
            https://s3.amazonaws.com                 | b-1     | eu west   | BUCKET_REGION: is no region: eu west
            https://s3.amazonaws.com/one/two         | -       | us-east-1 | BUCKET_ENDPOINT_URL: must have no more than a bucket as its path, not /one/two
            http://supabase:8000/storage/v1/s3       | -       | -         | BUCKET_NAME: must be set, for BUCKET_ENDPOINT_URL has no bucket in it
            https://example.com/a%20b                | b       | -         | BUCKET_ENDPOINT_URL: must have a plain path, not /a%20b
            https://my_minio                         | b-1     | -         | BUCKET_ENDPOINT_URL: has an underscore in its host, which no certificate can be for: use http, or another name of the host
            https://minio.example.com                | a/b     | -         | BUCKET_NAME: is no name of a bucket: a/b
            https://minio.example.com                | a..b    | -         | BUCKET_NAME: is no name of a bucket: a..b
            https://minio.example.com                | evil@c  | -         | BUCKET_NAME: is no name of a bucket: evil@c
            s3.eu-west-2.amazonaws.com               | b-1     | -         | BUCKET_ENDPOINT_URL: must be an address such as https://s3.eu-west-2.amazonaws.com
            s3://b-1                                 | b-1     | -         | BUCKET_ENDPOINT_URL: must be an address such as https://s3.eu-west-2.amazonaws.com
            https://key:secret@minio.example.com     | b-1     | -         | BUCKET_ENDPOINT_URL: must be an address without user, query and fragment
            https://minio.example.com?x=1            | b-1     | -         | BUCKET_ENDPOINT_URL: must be an address without user, query and fragment
            https://firebasestorage.googleapis.com   | b-1     | -         | BUCKET_ENDPOINT_URL: does not speak S3; Firebase's buckets are reached at https://storage.googleapis.com
            """)
    void whatDoesNotFitIsRefusedByName(String given, @Nullable String bucket, @Nullable String region, String message) {
        assertThatThrownBy(() -> endpoint(given, bucket, region, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void onlyRunPodsVolumesSignNoAddresses() {
        assertThat(endpoint("https://s3api-eur-is-1.runpod.io", "vol", null, null)
                        .signsAddresses())
                .isFalse();
        assertThat(endpoint("http://minio:9000", "vol", null, null).signsAddresses())
                .isTrue();
    }

    private static S3Endpoint endpoint(
            String given, @Nullable String bucket, @Nullable String region, @Nullable Boolean pathStyle) {
        return S3Endpoint.of(
                withAccount(given),
                Optional.ofNullable(region),
                Optional.ofNullable(bucket),
                Optional.ofNullable(pathStyle),
                S3Names.SETTINGS);
    }

    private static URI withAccount(String address) {
        return URI.create(address.replace("ACCOUNT", ACCOUNT));
    }
}
