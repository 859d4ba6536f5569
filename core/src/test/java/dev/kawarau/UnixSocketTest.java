package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnixSocketTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void theFileOfAProcessThatDiedIsNoObstacle(EventLoops.Transport transport) throws IOException {
        assumeTrue(transport.isAvailable());
        Path socket = folder.resolve("stale.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();

        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener listener =
                        LineListener.on("unix:" + socket).eventLoops(loops).serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n").expect("GET a\n");
            assertThat(listener).hasToString("LineListener on unix:" + socket);
        }
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void theFileIsGoneWhenTheListenerHasStopped(EventLoops.Transport transport) {
        assumeTrue(transport.isAvailable());
        Path socket = folder.resolve("own.sock");
        try (EventLoops loops = EventLoops.of(transport, 1)) {
            Listener listener =
                    LineListener.on("unix:" + socket).eventLoops(loops).serve(Held.echo());
            assertThat(socket).exists();

            listener.close();

            assertThat(socket).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void aSocketThatSomebodyListensOnIsNotTakenAway(EventLoops.Transport transport) {
        assumeTrue(transport.isAvailable());
        Path socket = folder.resolve("busy.sock");
        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener first =
                        LineListener.on("unix:" + socket).eventLoops(loops).serve(Held.echo())) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() ->
                            LineListener.on("unix:" + socket).eventLoops(loops).serve(Held.echo()))
                    .withMessageContaining("is something else using it?");

            try (LineClient client = LineClient.of(first)) {
                client.send("GET a\n").expect("GET a\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void aFileThatIsNoSocketIsNotDeleted(EventLoops.Transport transport) throws IOException {
        assumeTrue(transport.isAvailable());
        Path file = Files.writeString(folder.resolve("data.txt"), "precious");
        try (EventLoops loops = EventLoops.of(transport, 1)) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() ->
                            LineListener.on("unix:" + file).eventLoops(loops).serve(Held.echo()));
        }
        assertThat(file).hasContent("precious");
    }
}
