package dev.darkroom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as people write them become those that go on the wire, and nothing becomes another host than it says. */
class WebAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://example.com | http://example.com
            HTTP://EXAMPLE.com:80/A?b | http://example.com/A?b
            https://example.com:443/ | https://example.com/
            https://example.com:8443 | https://example.com:8443
            http://h/a?b#c | http://h/a?b
            http://h?x=1 | http://h?x=1
            http://h#part | http://h
            http://my_minio:9000/x.png | http://my_minio:9000/x.png
            http://h/%c3%a4%20% | http://h/%c3%a4%20%25
            http://h/%zz | http://h/%25zz
            http://h/a\\b | http://h/a/b
            http://h/a?b\\c | http://h/a?b%5Cc
            http://h/it's(1),x;y=z:@!$&*+~ | http://h/it's(1),x;y=z:@!$&*+~
            http://h/<>" | http://h/%3C%3E%22
            http://日本語.example | http://xn--wgv71a119e.example
            http://[2001:DB8::1]:8080/ | http://[2001:db8::1]:8080/
            http://h:/a | http://h/a
            """)
    void anAddressIsReadAsABrowserReadsIt(String given, String wire) {
        WebAddress address = WebAddress.of(given);

        assertThat(address.uri()).hasToString(wire);
        assertThat(WebAddress.of(wire).uri()).hasToString(wire);
    }

    @Test
    void spaceAroundAnAddressAndBreaksInItAreNoPartOfIt() {
        assertThat(WebAddress.of(" \n\u0000http://h/a\r\nb\t ").uri()).hasToString("http://h/ab");
    }

    @Test
    void halfAnEmojiIsTheReplacementCharacter() {
        assertThat(WebAddress.of("http://h/\ud83d?\ude00").target()).isEqualTo("/%EF%BF%BD?%EF%BF%BD");
        assertThat(WebAddress.of("http://h/\ud83d\ude00").target()).isEqualTo("/%F0%9F%98%80");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://",
                "http:///a",
                "http:h",
                "//h/a",
                "h",
                "",
                "ftp://h/",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "http://user@h/",
                "http://user:pass@h/",
                "http://@h/",
                "http://h:0/",
                "http://h:65536/",
                "http://h:x/",
                "http://h:１/",
                "http://h:-1/",
                "http://a b/",
                "http://a%20b/",
                "http://%31%32%37.0.0.1/",
                "http://h\\@e/",
                "http://h\\/",
                "http://a..b/",
                "http://./",
                "http://[fe80::1%eth0]/",
                "http://[::1/",
                "http://::1/",
                "http://[1.2.3.4]x/",
                "http://a\u0000b/",
                "http://a,b/",
                "http://a|b/",
                "http://faß.de/",
                "http://[g::1]/",
                "http://[12]/",
                "http://[1.2.3.4]/",
                "http://[2130706433]/"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatExceptionOfType(AddressException.class)
                .isThrownBy(() -> WebAddress.of(text))
                .withMessageStartingWith("must be ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            c | http://h/a/c
            ./c | http://h/a/c
            ../c?d | http://h/c?d
            ../../../c | http://h/c
            /c/../d | http://h/d
            . | http://h/a/
            .. | http://h/
            ?d | http://h/a/b?d
            ? | http://h/a/b?
            '#part' | http://h/a/b?q
            //other/c | http://other/c
            \\\\other\\c | -
            HTTPS://other | https://other
            http://my_h/ä | http://my_h/%C3%A4
            c:d | -
            """)
    void aRedirectIsReadFromWhereItStands(String location, String wire) {
        WebAddress from = WebAddress.of("http://h/a/b?q");
        if (wire.equals("-")) {
            assertThatExceptionOfType(AddressException.class).isThrownBy(() -> from.redirected(location));
        } else {
            assertThat(from.redirected(location).uri()).hasToString(wire);
        }
    }

    /** What the guard looks at is what is connected to: no spelling of this machine passes as another host. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "①②⑦.⓪.⓪.①",
                "１２７．０．０．１",
                "127。0。0。1",
                "0x7f.1",
                "2130706433",
                "127.1",
                "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
                "LOCALHOST.",
                "[::ffff:7f00:1]",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:169.254.169.254]",
                "１６９.254.169.254"
            })
    void noSpellingOfThisMachineIsPublic(String host) {
        String canonical = WebAddress.of("http://" + host + "/").host();

        assertThat(canonical).matches("[!-~]+");
        try {
            AllowedHosts.PUBLIC.lookUp(canonical);
        } catch (ForbiddenHostException | UnknownHostException e) {
            return;
        }
        assertThat(InetAddress.ofLiteral(canonical))
                .as("neither forbidden nor unknown")
                .isNull();
    }
}
