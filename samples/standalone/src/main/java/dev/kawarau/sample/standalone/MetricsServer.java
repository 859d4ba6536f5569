package dev.kawarau.sample.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kawarau.Address;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Prometheus text at {@code /metrics}, on threads of its own. */
final class MetricsServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads;
    private final Address address;

    /** @throws UncheckedIOException if the address cannot be bound */
    MetricsServer(Address wanted, PrometheusMeterRegistry registry) {
        try {
            server = HttpServer.create(new InetSocketAddress(wanted.host(), wanted.port()), 0);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot serve metrics on " + wanted + ": " + failed.getMessage(), failed);
        }
        address = new Address(
                Address.Scheme.TCP, wanted.host(), server.getAddress().getPort());
        // More than one, so that a client that stops in the middle of a request does not keep Prometheus waiting.
        threads = Executors.newFixedThreadPool(4, work -> {
            Thread thread = new Thread(work, "metrics");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, registry));
        server.start();
    }

    private static void answer(HttpExchange exchange, PrometheusMeterRegistry registry) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals("/metrics")) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : text.length);
            if (!head) {
                exchange.getResponseBody().write(text);
            }
        }
    }

    /** The address in use, with the real port if port 0 was asked for. */
    Address address() {
        return address;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
