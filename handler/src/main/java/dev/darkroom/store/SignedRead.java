package dev.darkroom.store;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Checks that a signed address can be read: a key may have the right to write but not to read, and its addresses are worth nothing then. */
final class SignedRead {
    private SignedRead() {}

    static void check(S3Target target, URI address) throws StoreException {
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(target.timeout()).build();
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(target.timeout()).build()) {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                throw new StoreException(
                        target.endpoint() + " takes files, but answers " + status
                                + " to signed addresses: the key has no right to read, or set BUCKET_PUBLIC_URL",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("the worker stopped while " + target.endpoint() + " was checked", e);
        } catch (IOException e) {
            if (e instanceof StoreException said) {
                throw said;
            }
            throw new StoreException(target.endpoint() + " takes files, but its signed addresses cannot be read", e);
        }
    }
}
