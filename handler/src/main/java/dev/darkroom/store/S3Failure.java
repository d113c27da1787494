package dev.darkroom.store;

import dev.darkroom.net.ForbiddenHostException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Explains why storage failed, without quoting its response, which can hold keys and signatures. */
final class S3Failure {
    private static final Map<String, String> HINTS = Map.of(
            "AccessDenied", "the key has no right to write there",
            "InvalidAccessKeyId", "the access key is not known",
            "SignatureDoesNotMatch", "the secret is wrong, or a proxy changes requests",
            "NoSuchBucket", "there is no such bucket",
            "RequestTimeTooSkewed", "this machine's clock is wrong",
            "AuthorizationHeaderMalformed", "the region is wrong",
            "PermanentRedirect", "the region is wrong");

    private S3Failure() {}

    /** Returns the failure as one sentence that begins with the bucket and its host. */
    static StoreException explained(S3Target target, Throwable failure) {
        return new StoreException(target.endpoint() + " " + reason(failure), failure);
    }

    private static String reason(Throwable failure) {
        Optional<S3Exception> answer = cause(failure, S3Exception.class);
        if (answer.isPresent()) {
            return answered(answer.get());
        }
        if (is(failure, ForbiddenHostException.class)) {
            return "is not a public address";
        }
        if (is(failure, UnknownHostException.class)) {
            return "cannot be found: the name of the host is not known";
        }
        if (is(failure, ConnectException.class)) {
            return "cannot be reached: no connection";
        }
        if (is(failure, SSLException.class)) {
            return "cannot be trusted: no TLS connection";
        }
        if (is(failure, ApiCallTimeoutException.class)
                || is(failure, ApiCallAttemptTimeoutException.class)
                || is(failure, TimeoutException.class)) {
            return "did not answer in time";
        }
        return "broke the connection";
    }

    private static String answered(S3Exception answer) {
        String code = Optional.ofNullable(answer.awsErrorDetails())
                .map(details -> details.errorCode())
                .filter(it -> it.matches("[A-Za-z0-9.]{1,60}"))
                .orElse("an error");
        String hint = HINTS.get(code);
        String region = Optional.ofNullable(answer.awsErrorDetails())
                .flatMap(details -> details.sdkHttpResponse().firstMatchingHeader("x-amz-bucket-region"))
                .filter(it -> answer.statusCode() != 403 && it.matches("[a-z0-9-]{1,40}"))
                .map(it -> ", the bucket is in " + it)
                .orElse("");
        return "answered " + code + " (" + answer.statusCode() + ")" + (hint == null ? "" : ": " + hint) + region;
    }

    private static boolean is(Throwable failure, Class<? extends Throwable> type) {
        return cause(failure, type).isPresent();
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        return Stream.iterate(failure, it -> it != null, Throwable::getCause)
                .limit(20)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
