package dev.darkroom.source;

import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The pictures that this worker itself serves. A job may start from one by the address that an earlier job was answered with; the file is
 * read where it lies, so no address has to be fetched that callers may not send the worker to.
 *
 * @param addresses at which the worker is called, without a slash at the end; pictures are at {@code /results/} below each
 * @param folder the {@code file:} URI of the folder that they lie in, with a slash at the end: the address in the answer of one job without a server
 * @param files finds the file of a name, if it is a picture that is still there
 */
public record OwnResults(List<WebAddress> addresses, String folder, Function<String, Optional<Path>> files) {
    /** No pictures at all. */
    public static final OwnResults NONE = new OwnResults(List.of(), "", name -> Optional.empty());

    private static final String SERVED = "/results/";

    /** Form of the names of results; whether there is one of that name is another question. */
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}\\.[a-z]{3,4}");

    /** Returns the name that a text gives to one of the worker's own pictures, which need not be there any more. */
    Optional<String> name(String text) {
        if (text.startsWith(SERVED)) {
            return named(text.substring(SERVED.length()));
        }
        if (!folder.isEmpty() && text.startsWith(folder)) {
            return named(text.substring(folder.length()));
        }
        if (SourceKind.of(text) != SourceKind.URL) {
            return Optional.empty();
        }
        try {
            WebAddress address = WebAddress.of(text);
            return address.hasQuery()
                    ? Optional.empty()
                    : addresses.stream()
                            .filter(own -> own.origin().equals(address.origin())
                                    && address.path().startsWith(own.path() + SERVED))
                            .map(own -> address.path().substring(own.path().length() + SERVED.length()))
                            .findFirst()
                            .flatMap(OwnResults::named);
        } catch (AddressException e) {
            return Optional.empty();
        }
    }

    /** Returns the file of a name, if it is still there. */
    Optional<Path> find(String name) {
        return files.apply(name);
    }

    private static Optional<String> named(String name) {
        return Optional.of(name).filter(text -> NAME.matcher(text).matches());
    }
}
